import { BLOCK_FRAMES, MIX_TICK_MS } from '@app/world';

/** Ticks that a mixer may leave out before its count is no longer believed: one second. */
const TICK_GAP_MAX = 50;

/** RTP's numbers for one packet; reused by its owner. */
export interface MixStamp {
  sequence: number;
  timestamp: number;
  /** The first packet after a silence. */
  isMarked: boolean;
}

/**
 * Numbers the mix packets of one connection. The receiver must see one stream: sequences without a gap, and timestamps that
 * say when the sound belongs, whatever pauses there are and whichever mixer it comes from. Pure.
 *
 * A mixer's own tick count tells how long a pause was, exactly. The counts of two mixers have nothing to do with each other,
 * so after a change (or when a count makes no sense) the clock decides, in whole blocks.
 */
export class MixTimeline {
  private mixerId: string | undefined;
  private tick = 0;
  private lastAtMs = 0;
  private readonly stamp: MixStamp;

  /** @param sequence, timestamp  where to begin; random, as RFC 3550 wants it */
  constructor(sequence: number, timestamp: number) {
    this.stamp = { sequence: sequence & 0xffff, timestamp: timestamp >>> 0, isMarked: true };
  }

  /** The numbers of the next packet, good until the next call; undefined for a packet that comes twice or too late. */
  next(mixerId: string, tick: number, nowMs: number): MixStamp | undefined {
    const blocks = this.blocksSince(mixerId, tick, nowMs);
    if (blocks === undefined) return undefined;
    const { stamp } = this;
    stamp.isMarked = blocks !== 1;
    if (this.mixerId !== undefined) {
      stamp.sequence = (stamp.sequence + 1) & 0xffff;
      stamp.timestamp = (stamp.timestamp + blocks * BLOCK_FRAMES) >>> 0;
    }
    this.mixerId = mixerId;
    this.tick = tick;
    this.lastAtMs = nowMs;
    return stamp;
  }

  private blocksSince(mixerId: string, tick: number, nowMs: number): number | undefined {
    if (this.mixerId === undefined) return 0;
    const byClock = Math.max(1, Math.round((nowMs - this.lastAtMs) / MIX_TICK_MS));
    if (mixerId !== this.mixerId) return byClock;
    const delta = (tick - this.tick) | 0;
    if (delta > 0 && (delta <= TICK_GAP_MAX || Math.abs(delta - byClock) <= TICK_GAP_MAX)) return delta;
    // A little backwards is a late packet; far away is a mixer that began to count anew.
    return delta <= 0 && delta > -TICK_GAP_MAX ? undefined : byClock;
  }
}
