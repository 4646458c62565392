import { OPUS_PACKET_BYTES_MAX } from '@app/world';
import { FrameQueue } from './frame-queue.js';

const FRAME_MS = 10;
/** A mix that is later than this is not waited for: the client's stream goes on in silence, in ms. */
const PATIENCE_MS = 50;
/** Further behind than this, nobody wants what was missed, in ms: this process was asleep. */
const BEHIND_MS_MAX = 100;
/** Frames that wait for their time: what is more would only be heard later and later. */
const FRAMES_MAX = 6;

/**
 * Lets a client have one packet every 10 ms, whether there is sound or not: frames in the order in which they came, and
 * silence where there are none. The client's own buffer deals with frames that are a little late; where a mixer says nothing
 * for longer, silence fills the hole.
 */
export class MixPacer {
  private readonly queue = new FrameQueue(FRAMES_MAX, OPUS_PACKET_BYTES_MAX);
  /** When the next packet is due; NaN before the beginning. */
  private dueMs = NaN;
  private isSounding = false;

  /** @param send  takes one frame, or undefined for silence */
  constructor(private readonly send: (frame: Uint8Array | undefined) => void) {}

  get isStarted(): boolean {
    return !Number.isNaN(this.dueMs);
  }

  /** The client listens from now on. */
  start(nowMs: number): void {
    if (!this.isStarted) this.dueMs = nowMs;
  }

  /** A frame of a mix, copied if it has to wait. */
  push(frame: Uint8Array, nowMs: number): void {
    if (!this.isStarted) return;
    this.queue.push(frame);
    this.isSounding = true;
    this.advance(nowMs);
  }

  /** Sends what is due. */
  advance(nowMs: number): void {
    if (!this.isStarted) return;
    if (nowMs - this.dueMs > BEHIND_MS_MAX) this.dueMs = nowMs - BEHIND_MS_MAX;
    while (nowMs >= this.dueMs) {
      const frame = this.queue.shift();
      if (!frame) {
        if (this.isSounding && nowMs - this.dueMs < PATIENCE_MS) return;
        this.isSounding = false;
      }
      this.dueMs += FRAME_MS;
      this.send(frame);
    }
  }

  /** What waits is in a format that is over. */
  clear(): void {
    this.queue.clear();
  }
}
