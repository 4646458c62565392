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
 * A mixer's own tick count tells how long a pause was, exactly: a packet of a tick or longer ends where its tick ends, and
 * shorter ones follow each other from their tick's beginning. The counts of two mixers have nothing to do with each other, so
 * after a change (or when a count makes no sense) the clock decides, in whole ticks. No two packets overlap: where that
 * would be, the later one and all after it are moved back.
 */
export class MixTimeline {
  private mixerId: string | undefined;
  private tick = 0;
  private lastAtMs = 0;
  /** Duration of the last packet, in samples. */
  private frames = 0;
  /** From the end of the last packet to the end of its tick, in samples; below 0 is never. */
  private roomFrames = 0;
  private readonly stamp: MixStamp;

  /** @param sequence, timestamp  where to begin; random, as RFC 3550 wants it */
  constructor(sequence: number, timestamp: number) {
    this.stamp = { sequence: sequence & 0xffff, timestamp: timestamp >>> 0, isMarked: true };
  }

  /**
   * The numbers of the next packet, good until the next call; undefined for a packet that comes twice or too late.
   *
   * @param frames  duration of the packet, in samples at 48 kHz
   */
  next(mixerId: string, tick: number, frames: number, nowMs: number): MixStamp | undefined {
    const ticks = this.ticksSince(mixerId, tick, frames, nowMs);
    if (ticks === undefined) return undefined;
    const { stamp } = this;
    // In samples: what of the new packet's ticks is before it, and what is left of them behind it.
    const room = ticks === 0 ? this.roomFrames - frames : Math.max(0, BLOCK_FRAMES - frames);
    const gap = this.roomFrames + ticks * BLOCK_FRAMES - room - frames;
    stamp.isMarked = this.mixerId === undefined || gap > 0;
    if (this.mixerId !== undefined) {
      stamp.sequence = (stamp.sequence + 1) & 0xffff;
      stamp.timestamp = (stamp.timestamp + this.frames + Math.max(0, gap)) >>> 0;
    }
    this.mixerId = mixerId;
    this.tick = tick;
    this.frames = frames;
    this.roomFrames = room;
    this.lastAtMs = nowMs;
    return stamp;
  }

  /** Ticks from the last packet's to this one's. */
  private ticksSince(mixerId: string, tick: number, frames: number, nowMs: number): number | undefined {
    if (this.mixerId === undefined) return 1;
    const byClock = Math.max(1, Math.round((nowMs - this.lastAtMs) / MIX_TICK_MS));
    if (mixerId !== this.mixerId) return byClock;
    const delta = (tick - this.tick) | 0;
    // The same tick again has something new only as long as it is not full.
    if (delta === 0 && frames <= this.roomFrames) return 0;
    if (delta > 0 && (delta <= TICK_GAP_MAX || Math.abs(delta - byClock) <= TICK_GAP_MAX)) return delta;
    // A little backwards is a late packet; far away is a mixer that began to count anew.
    return delta <= 0 && delta > -TICK_GAP_MAX ? undefined : byClock;
  }
}
