import {
  ByteReader,
  CODECS_TO_SERVER,
  type MicrophoneAudio,
  type PacketTypeName,
  qCompress,
  type SilentMicrophone,
} from '@app/vircadia';
import { PCM_STEREO_BYTES } from '@app/world';
import type { NodePort, SessionPort, Translator } from '../translator.js';
import type { TranslatorGround } from '../translators.js';
import { EarPose } from './ear-pose.js';
import { MixPacer } from './mix-pacer.js';
import { chooseSound, PLAIN_SOUND, type SoundChoice } from './sound-choice.js';
import { audioLevelOf, LEVEL_SILENT } from './sound-level.js';
import { PlayedStreams } from './played-streams.js';
import { readFrame, REST_PACKET } from './sound-frame.js';
import { StreamReport } from './stream-report.js';
import { VoiceTimeline } from './voice-timeline.js';
import { WishList } from './wish-list.js';

/** Both channels of one frame that nothing is heard in. */
const SILENT_SAMPLES = 480;
const NO_BYTES = new Uint8Array(0);
/** -dBov of who sends Opus: native clients send nothing else while they are silent, and looking closer costs decoding it. */
const LEVEL_TALKING = 30;
/** Packets in another codec than was chosen, after which the choice is told again. */
const WRONG_CODEC_MAX = 10;

const reader = new ByteReader(NO_BYTES);

/** What a client and its audio mixer say to each other. */
export class AudioTranslator implements Translator {
  private sound: SoundChoice = PLAIN_SOUND;
  private wrongCodec = 0;
  private sequence = 0;
  private readonly pacer = new MixPacer((frame) => this.sendFrame(frame));
  private readonly ears = new EarPose();
  private readonly voice = new VoiceTimeline();
  private readonly wishes: WishList;
  private readonly played: PlayedStreams;
  private readonly report: StreamReport;
  private nowMs = 0;

  constructor(
    private readonly port: NodePort,
    private readonly session: SessionPort,
    private readonly ground: TranslatorGround,
  ) {
    this.wishes = new WishList(session);
    this.played = new PlayedStreams(session, (reason) => ground.metrics.countDrop(reason));
    this.report = new StreamReport(this.voice, ground.metrics);
  }

  onActive(): void {
    this.ears.forget();
  }

  onPacket(name: PacketTypeName, packet: Uint8Array, payloadOffset: number, nowMs: number): void {
    this.nowMs = nowMs;
    reader.reset(packet, payloadOffset);
    switch (name) {
      case 'MicrophoneAudioNoEcho':
      case 'MicrophoneAudioWithEcho':
        this.wishes.setEcho(name === 'MicrophoneAudioWithEcho');
        return this.hear(CODECS_TO_SERVER.MicrophoneAudioNoEcho.read(reader), nowMs);
      case 'SilentAudioFrame':
        return this.hearSilence(CODECS_TO_SERVER.SilentAudioFrame.read(reader), nowMs);
      case 'NegotiateAudioFormat':
        return this.negotiate(CODECS_TO_SERVER.NegotiateAudioFormat.read(reader), nowMs);
      case 'PerAvatarGainSet': {
        const { nodeId, gain } = CODECS_TO_SERVER.PerAvatarGainSet.read(reader);
        return this.wishes.setGain(nodeId, gain);
      }
      case 'NodeIgnoreRequest': {
        const { isAdded, nodeIds } = CODECS_TO_SERVER.NodeIgnoreRequest.read(reader);
        return this.wishes.ignore(isAdded, nodeIds);
      }
      case 'AudioSoloRequest': {
        const { isAdded, nodeIds } = CODECS_TO_SERVER.AudioSoloRequest.read(reader);
        return this.wishes.listenOnlyTo(isAdded, nodeIds);
      }
      case 'RadiusIgnoreRequest':
        return this.wishes.setBubble(CODECS_TO_SERVER.RadiusIgnoreRequest.read(reader));
      case 'InjectorGainSet':
        return this.wishes.setSoundsGain(CODECS_TO_SERVER.InjectorGainSet.read(reader));
      case 'InjectAudio':
        return this.played.play(CODECS_TO_SERVER.InjectAudio.read(reader), nowMs);
      case 'StopInjector':
        return this.played.stop(CODECS_TO_SERVER.StopInjector.read(reader));
      case 'AudioStreamStats':
        return this.report.hear(CODECS_TO_SERVER.AudioStreamStats.read(reader));
      case 'RequestsDomainListData':
        // Who is ignored is no secret to its client here, and what it hears of them is nothing either way.
        return;
      case 'NodeMuteRequest':
      case 'MuteEnvironment':
        // Nobody may silence others here: see permissionsOf.
        return this.ground.metrics.countDrop('vircadia-not-permitted');
      default:
        return this.ground.metrics.countDrop('vircadia-audio-ignored');
    }
  }

  onMix(sound: Uint8Array, _frames: number, nowMs: number): void {
    this.nowMs = nowMs;
    if (this.sound.format === 'opus-10') return this.pacer.push(sound, nowMs);
    for (let from = 0; from + PCM_STEREO_BYTES <= sound.length; from += PCM_STEREO_BYTES) {
      this.pacer.push(sound.subarray(from, from + PCM_STEREO_BYTES), nowMs);
    }
  }

  tick(nowMs: number): void {
    this.nowMs = nowMs;
    this.pacer.advance(nowMs);
    this.wishes.tick(nowMs);
    if (!this.port.isWeb && this.pacer.isStarted) this.report.tick(this.port, nowMs);
  }

  private hear(frame: MicrophoneAudio, nowMs: number): void {
    this.begin(frame, nowMs);
    this.voice.speak(frame.sequence);
    const { sequence, timestamp } = this.voice;
    const sound = readFrame(frame);
    if (!sound) return this.ground.metrics.countDrop('vircadia-codec-unknown');
    const audioLevel = sound.pcm ? audioLevelOf(sound.pcm) : LEVEL_TALKING;
    this.session.voice({ sequence, timestamp, audioLevel, ...sound });
  }

  private hearSilence(frame: SilentMicrophone, nowMs: number): void {
    this.begin(frame, nowMs);
    if (!this.voice.rest(frame.sequence)) return;
    const { sequence, timestamp } = this.voice;
    this.session.voice({ sequence, timestamp, audioLevel: LEVEL_SILENT, opus: REST_PACKET });
  }

  /** What packets with and without sound have in common. */
  private begin({ codec, position, orientation }: MicrophoneAudio | SilentMicrophone, nowMs: number): void {
    this.pacer.start(nowMs);
    const pose = this.ears.moved(position, orientation, nowMs);
    if (pose) this.session.ears(pose);
    if (codec !== this.sound.codec && codec !== '' && ++this.wrongCodec > WRONG_CODEC_MAX) this.tellChoice(nowMs);
  }

  private sendFrame(frame: Uint8Array | undefined): void {
    const { sequence, port, nowMs } = this;
    const { codec } = this.sound;
    this.sequence = (sequence + 1) & 0xffff;
    if (!frame) port.send('SilentAudioFrame', { sequence, codec, sampleCount: SILENT_SAMPLES }, nowMs);
    else port.send('MixedAudio', { sequence, codec, audio: codec === 'zlib' ? qCompress(frame) : frame }, nowMs);
  }

  private negotiate(offered: readonly string[], nowMs: number): void {
    const choice = chooseSound(offered);
    if (choice.format !== this.sound.format) {
      this.pacer.clear();
      this.session.setSound(choice.format);
    }
    this.sound = choice;
    this.tellChoice(nowMs);
  }

  private tellChoice(nowMs: number): void {
    this.wrongCodec = 0;
    this.port.send('SelectedAudioFormat', this.sound.codec, nowMs);
  }
}
