import { type InjectAudio, unpackGain } from '@app/vircadia';
import { INJECTORS_PER_SESSION_MAX, SOUND_VOLUME_MAX } from '@app/world';
import type { SessionPort } from '../translator.js';
import { EarPose } from './ear-pose.js';
import { readFrame, REST_PACKET } from './sound-frame.js';
import { LEVEL_SILENT } from './sound-level.js';
import { VoiceTimeline } from './voice-timeline.js';

/** A sound of which nothing has come for this long is over, in ms: another one may have its number. */
const IDLE_MS = 3_000;

interface PlayedStream {
  readonly id: number;
  readonly timeline: VoiceTimeline;
  readonly place: EarPose;
  pose: Uint8Array | undefined;
  heardMs: number;
}

/** The sounds that a client plays at places, told apart by UUIDs there and by small numbers here. */
export class PlayedStreams {
  private readonly streams = new Map<string, PlayedStream>();

  constructor(
    private readonly session: SessionPort,
    private readonly countDrop: (reason: string) => void,
  ) {}

  /** 10 ms of a sound. */
  play(frame: InjectAudio, nowMs: number): void {
    const stream = this.streams.get(frame.streamId) ?? this.open(frame.streamId, nowMs);
    if (!stream) return this.countDrop('vircadia-injectors-full');
    stream.heardMs = nowMs;
    stream.pose = stream.place.moved(frame.position, frame.orientation, nowMs) ?? stream.pose;
    const sound = readFrame(frame);
    if (!sound || !stream.pose) return this.countDrop(sound ? 'vircadia-injector-nowhere' : 'vircadia-codec-unknown');
    stream.timeline.speak(frame.sequence);
    const { sequence, timestamp } = stream.timeline;
    const gain = Math.min(SOUND_VOLUME_MAX, unpackGain(frame.volume));
    const injector = { id: stream.id, pose: stream.pose, gain, isLoopback: frame.isLoopback };
    this.session.voice({ sequence, timestamp, audioLevel: LEVEL_SILENT, ...sound, injector });
  }

  /** It is over. */
  stop(streamId: string): void {
    const stream = this.streams.get(streamId);
    if (!stream) return;
    this.streams.delete(streamId);
    const { timeline, id, pose } = stream;
    if (!pose || !timeline.rest((timeline.newestSequence + 1) & 0xffff)) return;
    const { sequence, timestamp } = timeline;
    const injector = { id, pose, gain: 0, isLoopback: false };
    this.session.voice({ sequence, timestamp, audioLevel: LEVEL_SILENT, opus: REST_PACKET, injector });
  }

  private open(streamId: string, nowMs: number): PlayedStream | undefined {
    for (const [known, { heardMs }] of this.streams) if (nowMs - heardMs > IDLE_MS) this.streams.delete(known);
    const taken = new Set([...this.streams.values()].map(({ id }) => id));
    for (let id = 1; id <= INJECTORS_PER_SESSION_MAX; id++) {
      if (taken.has(id)) continue;
      const stream = { id, timeline: new VoiceTimeline(), place: new EarPose(), pose: undefined, heardMs: nowMs };
      this.streams.set(streamId, stream);
      return stream;
    }
    return undefined;
  }
}
