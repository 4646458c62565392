import { SAMPLE_RATE_HZ } from '@app/world';

const FRAMES_PER_MS = SAMPLE_RATE_HZ / 1_000;
/** Delay on top of the measured jitter, for a tick that comes early, in ms. */
const GUARD_MS = 2;
/** Packets that are looked at before the delay is changed. */
const PATIENCE_PACKETS = 50;
/** The same when the delay is far too long, as after a burst: it is heard in every answer. */
const PATIENCE_PACKETS_FAR = 15;
/** Left-over samples below which there is nothing to gain. */
const LEFTOVER_FRAMES_MIN = 240;

/**
 * Decides when a voice is played with too much or too little delay. It is decided in whole packets: a packet is needed at
 * the tick that plays its beginning, so less than a packet changes nothing.
 */
export class DelayControl {
  private delayMin = Infinity;
  private leftoverMin = Infinity;
  private packets = 0;

  /** @param targetMsMax  the delay never aims higher than this, in ms */
  constructor(private readonly targetMsMax: number) {}

  /** Delay to aim for, for the fastest packets, so that those that come `waitMs` later are in time; in ms. */
  targetMs(waitMs: number): number {
    return Math.min(this.targetMsMax, waitMs + GUARD_MS);
  }

  /**
   * A packet goes to the decoder.
   *
   * @param delayMs  how long it could have waited there at most, if it had been one of the fastest
   */
  packetPlayed(delayMs: number): void {
    this.packets++;
    if (delayMs < this.delayMin) this.delayMin = delayMs;
  }

  /** A tick is served, and so many decoded samples are left over. */
  tickPlayed(leftoverFrames: number): void {
    if (leftoverFrames < this.leftoverMin) this.leftoverMin = leftoverFrames;
  }

  /**
   * Samples to leave out (positive) or to add (negative) now; 0 most of the time.
   *
   * @param target        delay to aim for, in ms
   * @param packetFrames  duration of the voice's packets
   */
  decide(target: number, packetFrames: number): number {
    const leftover = this.leftoverMin;
    // Too little delay is heard at once, so it is not waited for.
    if (this.packets > 0 && this.delayMin < target - GUARD_MS) {
      this.restart();
      return -Math.max(LEFTOVER_FRAMES_MIN, packetFrames - (Number.isFinite(leftover) ? leftover : 0));
    }
    const packetsTooMany = Math.floor((this.delayMin - target) / (packetFrames / FRAMES_PER_MS));
    if (this.packets < (packetsTooMany > 1 ? PATIENCE_PACKETS_FAR : PATIENCE_PACKETS)) return 0;
    this.restart();
    if (packetsTooMany > 0) return packetsTooMany * packetFrames;
    return Number.isFinite(leftover) && leftover >= LEFTOVER_FRAMES_MIN ? leftover : 0;
  }

  /** Starts looking anew; after a change, and when a voice begins. */
  restart(): void {
    this.delayMin = Infinity;
    this.leftoverMin = Infinity;
    this.packets = 0;
  }
}
