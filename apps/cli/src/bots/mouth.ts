import { AUDIO_FRAME_MS, AUDIO_FRAME_SAMPLES, type AudioPose } from '@app/vircadia';
import type { NodeLink } from './node-link.js';
import type { Recording } from './voice-bank.js';

const SEQUENCE_MASK = 0xffff;
/** Somebody who is so late leaves out what nobody would hear any more. */
const CATCH_UP_FRAMES_MAX = 20;

/** What a mouth says, and when it says it. */
export interface Speech {
  readonly recording: Recording;
  /** Where it begins. */
  readonly firstFrame: number;
}

/** One bot's microphone: a frame each 10 ms, of sound or of silence. */
export class Mouth {
  private sequence = 0;
  private frame = 0;
  private dueMs = 0;

  constructor(private readonly isStereo: boolean) {}

  /** Begins anew, as a client does that comes back. */
  start(nowMs: number): void {
    this.sequence = 0;
    this.dueMs = nowMs;
  }

  /**
   * How many frames are due; those that are too late to be worth anything are left out.
   *
   * @param skipped  is told of these
   */
  due(nowMs: number, skipped: (frames: number) => void): number {
    if (nowMs < this.dueMs) return 0;
    const frames = Math.floor((nowMs - this.dueMs) / AUDIO_FRAME_MS) + 1;
    if (frames <= CATCH_UP_FRAMES_MAX) return frames;
    skipped(frames - 1);
    this.dueMs += (frames - 1) * AUDIO_FRAME_MS;
    this.frame += frames - 1;
    return 1;
  }

  /** When the next frame should be sent. */
  get nextMs(): number {
    return this.dueMs;
  }

  /**
   * Sends the frame that is due.
   *
   * @param speech  undefined for silence
   * @returns       its place in the recording
   */
  speak(link: NodeLink, codec: string, speech: Speech | undefined, pose: AudioPose, nowMs: number): number {
    const { position, orientation, boxCorner, boxScale } = pose;
    const sequence = this.sequence++ & SEQUENCE_MASK;
    const frame = this.frame++;
    this.dueMs += AUDIO_FRAME_MS;
    const { isStereo } = this;
    if (!speech) {
      const sampleCount = isStereo ? 2 * AUDIO_FRAME_SAMPLES : AUDIO_FRAME_SAMPLES;
      const silence = { sequence, codec, sampleCount, position, orientation, boxCorner, boxScale };
      link.sender.send('SilentAudioFrame', silence, nowMs);
      return -1;
    }
    const { frames } = speech.recording;
    const place = (speech.firstFrame + frame) % frames.length;
    const audio = frames[place];
    link.sender.send(
      'MicrophoneAudioNoEcho',
      { sequence, codec, isStereo, position, orientation, boxCorner, boxScale, audio },
      nowMs,
    );
    return place;
  }
}
