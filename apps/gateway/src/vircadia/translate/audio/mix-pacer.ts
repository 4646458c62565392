import { OPUS_PACKET_BYTES_MAX } from '@app/world';
import { FrameQueue } from './frame-queue.js';

const FRAME_MS = 10;
/** A mix that is later than this is not waited for: the client's stream goes on in silence, in ms. */
const PATIENCE_MS = 50;
/** Further behind than this, nobody wants what was missed, in ms: this process was asleep. */
const BEHIND_MS_MAX = 100;
/** Frames that wait for their time: what is more would only be heard later and later. */
const FRAMES_MAX = 6;
/** Frames that have waited all this time are of no use but to delay what follows: they are sent ahead, in ms. */
const STANDING_MS = 500;

/**
 * Lets a client have one packet every 10 ms, whether there is sound or not: frames in the order in which they came, and
 * silence where there are none. The client's own buffer deals with frames that are a little late; where a mixer says nothing
 * for longer, silence fills the hole. What comes after such a hole comes in a heap, and would be late for ever: when some of
 * it still waits after half a second, so much is sent ahead of time, which the client's buffer takes.
 */
export class MixPacer {
  private readonly queue = new FrameQueue(FRAMES_MAX, OPUS_PACKET_BYTES_MAX);
  /** When the next packet is due; NaN before the beginning. */
  private dueMs = NaN;
  private isSounding = false;
  /** Since the last look: how many frames waited at least when another one came. */
  private leastWaiting = Infinity;
  private lookAtMs = 0;

  /** @param send  takes one frame, or undefined for silence */
  constructor(private readonly send: (frame: Uint8Array | undefined) => void) {}

  get isStarted(): boolean {
    return !Number.isNaN(this.dueMs);
  }

  /** The client listens from now on. */
  start(nowMs: number): void {
    if (this.isStarted) return;
    this.dueMs = nowMs;
    this.lookAtMs = nowMs + STANDING_MS;
  }

  /** A frame of a mix, copied if it has to wait. */
  push(frame: Uint8Array, nowMs: number): void {
    if (!this.isStarted) return;
    this.leastWaiting = Math.min(this.leastWaiting, this.queue.count);
    if (nowMs >= this.lookAtMs) this.sendAhead(nowMs);
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

  private sendAhead(nowMs: number): void {
    this.dueMs -= this.leastWaiting * FRAME_MS;
    this.leastWaiting = Infinity;
    this.lookAtMs = nowMs + STANDING_MS;
  }

  /** What waits is in a format that is over. */
  clear(): void {
    this.queue.clear();
  }
}
