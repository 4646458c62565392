import {
  type AudioStreamStats,
  CODECS_TO_SERVER,
  datagramOf,
  nlHeaderBytes,
  NULL_UUID,
  PacketType,
  type PacketTypeName,
  qCompress,
  unpackGain,
} from '@app/vircadia';
import { type MessageFields, packPose, readPosition } from '@app/wire';
import type { SessionId } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import type { SoundFormat, VoiceInput } from '../../../session/client-channel.js';
import { uuidOfSession } from '../../identity.js';
import type { NodePort, SessionPort } from '../translator.js';
import type { TranslatorGround } from '../translators.js';
import { AudioTranslator } from './audio-translator.js';

const POSE = {
  position: { x: 1, y: 1.6, z: -3 },
  orientation: { x: 0, y: 0, z: 0, w: 1 },
  boxCorner: { x: -0.5, y: 0, z: -0.5 },
  boxScale: { x: 1, y: 2, z: 1 },
};

interface Sent {
  name: string;
  value: unknown;
}

/** A client's audio link and session, both of paper. */
class Desk {
  readonly sent: Sent[] = [];
  readonly voice: VoiceInput[] = [];
  readonly poses: Uint8Array[] = [];
  readonly said: MessageFields<'ClientReliable'>[] = [];
  sound: SoundFormat = 'pcm24-10';
  nowMs = 1_000;
  /** From one packet with sound to the next. */
  packetMs = 0;
  /** What was counted as dropped, by reason. */
  readonly drops = new Map<string, number>();
  private readonly translator: AudioTranslator;

  constructor(isWeb = true) {
    const port: NodePort = {
      isWeb,
      pendingCount: 0,
      send: (name, value) => {
        const copy =
          name === 'MixedAudio'
            ? { ...(value as object), audio: (value as { audio: Uint8Array }).audio.slice() }
            : value;
        return this.sent.push({ name, value: copy }) > 0;
      },
      sendPayload: () => true,
    };
    const session: SessionPort = {
      sessionId: 7 as SessionId,
      world: 'main',
      reliable: (message) => void this.said.push(message),
      realtime: () => undefined,
      nextRequest: () => 1,
      voice: (input) =>
        void this.voice.push({ ...input, opus: input.opus.slice(), ...(input.pcm && { pcm: input.pcm.slice() }) }),
      setSound: (format) => void (this.sound = format),
      ears: (pose) => void this.poses.push(pose),
      detail: () => undefined,
    };
    const countDrop = (reason: string, count = 1): void => {
      this.drops.set(reason, (this.drops.get(reason) ?? 0) + count);
    };
    const ground = { metrics: { countDrop } } as unknown as TranslatorGround;
    this.translator = new AudioTranslator(port, session, ground);
    this.translator.onActive();
  }

  /** A packet of the client. */
  take<Name extends PacketTypeName & keyof typeof CODECS_TO_SERVER>(name: Name, value: unknown): void {
    const codec = CODECS_TO_SERVER[name] as { write(writer: unknown, value: unknown): void };
    const type = PacketType[name];
    const packet = datagramOf(type, { localId: 1 }, (writer) => codec.write(writer, value)).subarray(4);
    this.translator.onPacket(name, packet, nlHeaderBytes(type), this.nowMs);
    if (name === 'InjectAudio' || name.startsWith('Microphone')) this.nowMs += this.packetMs;
    packet.fill(0xee);
  }

  speak(sequence: number, codec = 'pcm', audio = samples(1_000), rest: object = {}): void {
    this.take('MicrophoneAudioNoEcho', { sequence, codec, isStereo: false, ...POSE, ...rest, audio });
  }

  rest(sequence: number): void {
    this.take('SilentAudioFrame', { sequence, codec: 'pcm', sampleCount: 240, ...POSE });
  }

  mix(sound: Uint8Array): void {
    this.translator.onMix(sound, 960, this.nowMs);
  }

  /** Lets time pass, 10 ms at a time. */
  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 10) {
      this.nowMs += 10;
      this.translator.tick(this.nowMs);
    }
  }

  namesSent(): string {
    return this.sent
      .map(({ name }) => (name === 'MixedAudio' ? 'm' : name === 'SilentAudioFrame' ? '-' : name))
      .join('');
  }
}

function samples(value: number, count = 240): Uint8Array {
  return new Uint8Array(new Int16Array(count).fill(value).buffer);
}

/** A tick's mix whose two halves can be told apart. */
function mixOf(first: number): Uint8Array {
  return new Uint8Array([...samples(first, 480), ...samples(first + 1, 480)]);
}

describe('Sound of a Vircadia client', () => {
  it('goes up as samples, numbered on through silence, of which the beginning is told once', () => {
    const desk = new Desk();
    desk.speak(65_534);
    desk.speak(65_535, '');
    desk.rest(0);
    desk.rest(1);
    desk.rest(2);
    desk.speak(3);
    desk.speak(5);
    expect(desk.voice.map(({ sequence }) => sequence)).toEqual([65_534, 65_535, 0, 1, 3]);
    const steps = desk.voice.map(({ timestamp }) => (timestamp - desk.voice[0].timestamp) >>> 0);
    expect(steps).toEqual([0, 480, 960, 5 * 480, 7 * 480]);
    expect(desk.voice.map(({ pcm, opus }) => pcm?.length ?? -opus.length)).toEqual([480, 480, -1, 480, 480]);
    expect(desk.voice[0].audioLevel).toBe(30);
  });

  it('begins anew when the client does, without a jump for the mixers', () => {
    const desk = new Desk();
    desk.speak(40_000);
    desk.speak(7);
    desk.speak(8);
    expect(desk.voice.map(({ sequence }) => sequence)).toEqual([40_000, 40_001, 40_002]);
  });

  it('is uncompressed within a bound', () => {
    const desk = new Desk();
    desk.speak(0, 'zlib', qCompress(samples(5)));
    expect(desk.voice[0].pcm).toEqual(samples(5));
    expect(() => desk.speak(1, 'zlib', qCompress(new Uint8Array(961)))).toThrow('audio');
    desk.speak(2, 'something');
    expect(desk.voice).toHaveLength(1);
  });

  it('has ears where the client says, told when they move, and not with every packet', () => {
    const desk = new Desk();
    desk.speak(0, 'pcm', samples(1), { position: { x: 7, y: 1.6, z: -3 } });
    desk.packetMs = 10;
    desk.speak(0);
    desk.speak(1);
    desk.speak(2, 'pcm', samples(1), { position: { x: 2, y: 1.6, z: -3 } });
    desk.speak(3);
    desk.speak(4);
    desk.packetMs = 20;
    desk.speak(5, 'pcm', samples(1), { position: { x: 9_000, y: 1.6, z: -3 } });
    desk.speak(6, 'pcm', samples(1), { position: { x: 9_000, y: 1.6, z: -3 } });
    desk.speak(7, 'pcm', samples(1), { orientation: { x: 0, y: 0, z: 0, w: 0 } });
    expect(desk.poses.map((pose) => readPosition(pose, { x: 0, y: 0, z: 0 }))).toEqual([
      { x: 7, y: 0, z: -3 },
      { x: 2, y: 0, z: -3 },
      { x: 1, y: 0, z: -3 },
    ]);
    expect(desk.poses[2]).toEqual(packPose({ position: { x: 1, y: 0, z: -3 }, orientation: POSE.orientation }));
  });

  it('comes down every 10 ms from the first packet on, with silence where there is none', () => {
    const desk = new Desk();
    desk.mix(mixOf(1));
    desk.pass(100);
    expect(desk.sent).toEqual([]);
    desk.speak(0);
    desk.pass(50);
    desk.mix(mixOf(3));
    desk.pass(20);
    desk.mix(mixOf(5));
    desk.pass(20);
    expect(desk.namesSent()).toBe('------mmm' + 'm');
    desk.pass(100);
    expect(desk.namesSent()).toBe('------mmmm' + '-'.repeat(10));
    expect(desk.sent.map(({ value }) => (value as { sequence: number }).sequence)).toEqual([...Array(20).keys()]);
    const sounds = desk.sent
      .filter(({ name }) => name === 'MixedAudio')
      .map(({ value }) => (value as { audio: Uint8Array }).audio);
    expect(sounds).toEqual([3, 4, 5, 6].map((value) => samples(value, 480)));
  });

  it('has no hole when a mixer dies, is late, or this process was asleep', () => {
    const desk = new Desk();
    desk.speak(0);
    const perSecond = (between: () => void): number => {
      const before = desk.sent.length;
      for (let tick = 0; tick < 50; tick++) {
        between();
        desk.pass(20);
      }
      return desk.sent.length - before;
    };
    let value = 0;
    expect(perSecond(() => desk.mix(mixOf((value += 2))))).toBe(100);
    // Dead for a second, then another one.
    expect(perSecond(() => undefined)).toBeGreaterThanOrEqual(99);
    expect(perSecond(() => desk.mix(mixOf((value += 2))))).toBeGreaterThanOrEqual(99);
    // Late by 40 ms each time, two at once then: nothing is lost, and nothing is silent.
    desk.sent.length = 0;
    let late = 0;
    const slow = perSecond(() => {
      if (++late % 2 === 1) return;
      desk.mix(mixOf((value += 2)));
      desk.mix(mixOf((value += 2)));
    });
    expect(slow).toBeGreaterThanOrEqual(98);
    expect(desk.sent.filter(({ name }) => name === 'SilentAudioFrame').length).toBeLessThanOrEqual(2);
    desk.nowMs += 5_000;
    desk.sent.length = 0;
    desk.pass(10);
    expect(desk.sent.length).toBeLessThanOrEqual(12);
    const sequences = desk.sent.map(({ value: sent }) => (sent as { sequence: number }).sequence);
    sequences.forEach((sequence, at) => at > 0 && expect(sequence).toBe(sequences[at - 1] + 1));
  });

  it('is what client and server both know', () => {
    const desk = new Desk();
    desk.take('NegotiateAudioFormat', ['zlib', 'pcm', 'opus']);
    expect(desk.sent).toEqual([{ name: 'SelectedAudioFormat', value: 'opus' }]);
    expect(desk.sound).toBe('opus-10');
    desk.speak(0, 'opus', Uint8Array.of(0xf0, 1, 2));
    desk.mix(Uint8Array.of(0xf4, 9));
    expect(desk.sent[1]).toEqual({
      name: 'MixedAudio',
      value: { sequence: 0, codec: 'opus', audio: Uint8Array.of(0xf4, 9) },
    });
    desk.take('NegotiateAudioFormat', ['zlib']);
    expect(desk.sound).toBe('pcm24-10');
    desk.pass(10);
    desk.mix(mixOf(1));
    expect(desk.sent.at(-1)).toEqual({
      name: 'MixedAudio',
      value: { sequence: 1, codec: 'zlib', audio: qCompress(samples(1, 480)) },
    });
    desk.take('NegotiateAudioFormat', ['hifiAC']);
    expect(desk.sent.at(-1)).toEqual({ name: 'SelectedAudioFormat', value: 'pcm' });
    for (let sequence = 1; sequence <= 11; sequence++) desk.speak(sequence, 'opus', Uint8Array.of(0xf0, 1));
    expect(desk.sent.filter(({ name }) => name === 'SelectedAudioFormat')).toHaveLength(4);
  });

  it('can be more than a voice: sounds at places, as many as there are numbers, that end when they are stopped', () => {
    const desk = new Desk();
    desk.packetMs = 20;
    const play = (stream: number, sequence: number, rest: object = {}): void =>
      desk.take('InjectAudio', {
        sequence,
        codec: 'pcm',
        streamId: streamOf(stream),
        isStereo: false,
        isLoopback: true,
        ...POSE,
        radius: 0,
        volume: 183,
        ignoresPenumbra: false,
        audio: samples(50),
        ...rest,
      });
    play(0, 7);
    play(0, 8, { position: { x: 5, y: 1.6, z: 0 } });
    for (let stream = 1; stream < 12; stream++) play(stream, 0);
    expect(desk.voice.map(({ injector }) => injector?.id)).toEqual([1, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(desk.voice[1]).toMatchObject({ sequence: 8, pcm: samples(50) });
    const { injector } = desk.voice[1];
    expect(injector).toMatchObject({ gain: unpackGain(183), isLoopback: true });
    expect(readPosition(injector?.pose ?? new Uint8Array(), { x: 0, y: 0, z: 0 })).toEqual({ x: 5, y: 0, z: 0 });
    desk.take('StopInjector', streamOf(0));
    desk.take('StopInjector', streamOf(0));
    expect(desk.voice.at(-1)).toMatchObject({ sequence: 9, opus: Uint8Array.of(0xf0), injector: { id: 1 } });
    play(11, 0);
    expect(desk.voice.at(-1)?.injector?.id).toBe(1);
    desk.nowMs += 4_000;
    play(12, 0);
    expect(desk.voice.at(-1)?.injector?.id).toBe(1);
    expect(desk.sent).toEqual([]);
  });

  it('arrives as both ends tell each other', () => {
    const desk = new Desk(false);
    for (const sequence of [0, 1, 2, 5, 4, 9]) desk.speak(sequence);
    desk.pass(10);
    const [{ value }] = desk.sent.filter(({ name }) => name === 'AudioStreamStats');
    const { streams } = value as AudioStreamStats;
    expect(streams[0].total).toMatchObject({ received: 6, expected: 10, lost: 4, late: 1 });
    desk.pass(1_500);
    expect(desk.sent.filter(({ name }) => name === 'AudioStreamStats')).toHaveLength(2);
    desk.take('AudioStreamStats', { flags: 0, streams: [{ ...streams[0], streamType: -1 }] });
    desk.take('AudioStreamStats', value);
    expect(desk.drops.get('vircadia-mix-lost')).toBe(4);
  });

  it('does what nobody may do for nobody', () => {
    const desk = new Desk();
    desk.take('NodeMuteRequest', streamOf(1));
    desk.take('MuteEnvironment', { position: POSE.position, radius: 5 });
    desk.take('RequestsDomainListData', true);
    expect(desk.drops.get('vircadia-not-permitted')).toBe(2);
    expect(desk.sent).toEqual([]);
  });

  it('is heard by itself, louder and softer as a whole, when the client says so', () => {
    const desk = new Desk();
    desk.take('MicrophoneAudioWithEcho', { sequence: 0, codec: 'pcm', isStereo: false, ...POSE, audio: samples(1) });
    desk.take('PerAvatarGainSet', { nodeId: NULL_UUID, gain: 183 });
    desk.take('InjectorGainSet', 0);
    desk.pass(10);
    const wishes = desk.said[0].setHearing?.wishes;
    expect(wishes).toMatchObject({ hearsItself: true, soundsDb: -60 });
    expect(wishes?.volumeDb).toBeCloseTo(-6, 3);
    desk.speak(1);
    desk.pass(300);
    expect(desk.said[1].setHearing?.wishes).toMatchObject({ hearsItself: false });
  });

  it('is heard as the client wishes, told at once and then not too often', () => {
    const desk = new Desk();
    const nodeId = uuidOfSession(9 as SessionId);
    desk.take('PerAvatarGainSet', { nodeId, gain: 183 });
    desk.take('NodeIgnoreRequest', { isAdded: true, nodeIds: [nodeId, uuidOfSession(10 as SessionId), POSE_UUID] });
    desk.take('RadiusIgnoreRequest', true);
    desk.take('AudioSoloRequest', { isAdded: true, nodeIds: [nodeId] });
    desk.pass(10);
    desk.take('AudioSoloRequest', { isAdded: false, nodeIds: [nodeId] });
    desk.pass(100);
    expect(desk.said).toHaveLength(1);
    expect(desk.said[0].setHearing?.wishes).toMatchObject({
      gains: [{ sessionId: 9, gain: unpackGain(183) }],
      ignored: [9, 10],
      solo: [9],
      spaceM: 1,
    });
    desk.pass(100);
    expect(desk.said[1].setHearing?.wishes).toMatchObject({ solo: [] });
    desk.pass(1_000);
    expect(desk.said).toHaveLength(2);
  });
});

function streamOf(stream: number): string {
  return `00112233-4455-6677-8899-aabbccddee${stream.toString(16).padStart(2, '0')}`;
}

const POSE_UUID = '00112233-4455-6677-8899-aabbccddeeff';
