import { urgencyOf } from '@app/spatial';
import type { AvatarColumns } from './avatar-table.js';

/** The smallest AvatarUpdate with its tag: session, 16-byte pose. Bounds how many fit. */
const UPDATE_BYTES_MIN = 25;

export interface ScheduleOptions {
  /** Length of a tick, in ms. */
  tickMs: number;
  /** Bytes of updates in one datagram. */
  datagramBytes: number;
  /** Datagrams for one listener in one tick. */
  datagramsPerTick: number;
  /** An avatar that does not change is told again after this time, in ms, because datagrams get lost. */
  keepAliveMs: number;
  /** An avatar that was not told for this long goes before all others, in ms. */
  starvationMs: number;
  /** Share of a tick's bytes for those who would starve; the rest stays with whom it matters most, in (0, 1]. */
  starvationShare: number;
  /** Whether avatars that do not change starve, too; else keepAliveMs is enough for them. Default true. */
  isRestStarving?: boolean;
}

/** What one listener was told when, by slot. Twelve bytes for each avatar. */
export class ListenerSchedule {
  /** Tick at which the avatar was last told, or else became known. */
  toldTick = new Int32Array(0);
  /** What was told; 0: nothing yet. */
  toldSerial = new Int32Array(0);
  relevance = new Float32Array(0);

  /** Makes room for new slots; what is known stays. */
  grow(capacity: number): void {
    if (capacity <= this.toldTick.length) return;
    this.toldTick = copyInto(new Int32Array(capacity), this.toldTick);
    this.toldSerial = copyInto(new Int32Array(capacity), this.toldSerial);
    this.relevance = copyInto(new Float32Array(capacity), this.relevance);
  }

  /** Another avatar has this slot now. */
  restart(slot: number, tick: number): void {
    this.toldTick[slot] = tick;
    this.toldSerial[slot] = 0;
    this.relevance[slot] = 1;
  }
}

/**
 * Decides whose update one listener gets in one tick, within a byte budget.
 *
 * Told are avatars that changed, and unchanged ones every `keepAliveMs`; the most urgent (relevance times waiting time)
 * first. Whoever was not told for `starvationMs` goes before them, longest waiting first, with at most `starvationShare`
 * of the bytes.
 *
 * The bound: let R be the updates that surely fit into the starvation share of a tick, N the avatars of the world and D
 * the ticks of `starvationMs`. Then nobody waits longer than max(D, ⌈N / R⌉) ticks. For take an avatar a, told at tick
 * s and waiting. (1) If in every tick since then the share was full, each update in it was of somebody who had waited
 * longer than a; nobody is told twice so before a, hence at most (N - 1) / R ticks. (2) Otherwise there was a tick t whose
 * share was not full: after it nobody has waited for D, so at most R × (D - t + s) of them, those told in the ticks up to
 * s, come before a, and each of the ticks until s + D takes R: a is told at s + D. J newcomers, who all begin to wait in
 * one tick, add at most ⌈J / R⌉ ticks.
 *
 * Beyond N = R × D the wait grows in proportion to N, alike for all; the near keep the rest of the budget.
 */
export class UpdateScheduler {
  /** Slots to tell, in the order of urgency, `chosenCount` of them. */
  readonly chosen: Int32Array;
  /** The datagram of each chosen one, from 0. */
  readonly datagramOf: Uint8Array;
  chosenCount = 0;
  /** The longest waiting time seen in the last plan before anything was chosen, in ticks. */
  waitTicksMax = 0;

  private readonly starving: Ranking;
  private readonly urgent: Ranking;
  private readonly freeBytes: Int32Array;
  private readonly keepAliveTicks: number;
  private readonly starvationTicks: number;
  private readonly shareBytes: number;
  private readonly isRestStarving: boolean;
  private usedBytes = 0;

  constructor(private readonly options: ScheduleOptions) {
    const updatesMax = Math.ceil(options.datagramBytes / UPDATE_BYTES_MIN) * options.datagramsPerTick;
    this.chosen = new Int32Array(updatesMax);
    this.datagramOf = new Uint8Array(updatesMax);
    this.starving = new Ranking(updatesMax);
    this.urgent = new Ranking(updatesMax);
    this.freeBytes = new Int32Array(options.datagramsPerTick);
    this.keepAliveTicks = Math.max(1, Math.floor(options.keepAliveMs / options.tickMs));
    this.starvationTicks = starvationTicksOf(options);
    this.isRestStarving = options.isRestStarving ?? true;
    this.shareBytes = Math.floor(options.starvationShare * options.datagramBytes * options.datagramsPerTick);
  }

  /**
   * Plans one listener's tick and notes what it is told.
   *
   * @param ownSlot      the listener's own avatar, which it is never told; -1 if it has none
   * @param updateBytes  how many bytes a slot's update takes
   */
  plan(
    listener: ListenerSchedule,
    avatars: AvatarColumns,
    ownSlot: number,
    tick: number,
    updateBytes: (slot: number) => number,
  ): void {
    this.rank(listener, avatars, ownSlot, tick);
    this.chosenCount = 0;
    this.usedBytes = 0;
    this.freeBytes.fill(this.options.datagramBytes);
    const starvingCount = this.starving.sort();
    const urgentCount = this.urgent.sort();
    let next = 0;
    while (next < starvingCount) {
      const slot = this.starving.slots[next];
      if (this.usedBytes + updateBytes(slot) > this.shareBytes || !this.place(slot, updateBytes(slot))) break;
      next++;
    }
    for (let i = 0; i < urgentCount; i++) this.place(this.urgent.slots[i], updateBytes(this.urgent.slots[i]));
    // What the urgent ones left over is for those who wait long, too.
    for (; next < starvingCount; next++) this.place(this.starving.slots[next], updateBytes(this.starving.slots[next]));
    for (let i = 0; i < this.chosenCount; i++) {
      const slot = this.chosen[i];
      listener.toldTick[slot] = tick;
      listener.toldSerial[slot] = avatars.serial[slot];
    }
  }

  private rank(listener: ListenerSchedule, avatars: AvatarColumns, ownSlot: number, tick: number): void {
    const { toldTick, toldSerial, relevance } = listener;
    const { serial, slotsEnd } = avatars;
    this.starving.clear();
    this.urgent.clear();
    this.waitTicksMax = 0;
    for (let slot = 0; slot < slotsEnd; slot++) {
      if (serial[slot] === 0 || slot === ownSlot) continue;
      const waited = tick - toldTick[slot];
      if (waited > this.waitTicksMax) this.waitTicksMax = waited;
      const isNews = toldSerial[slot] !== serial[slot] || waited >= this.keepAliveTicks;
      if (waited >= this.starvationTicks && (isNews || this.isRestStarving)) this.starving.offer(slot, waited);
      else if (toldSerial[slot] === 0) {
        // Somebody new is as urgent as somebody whose keep-alive is due.
        this.urgent.offer(slot, urgencyOf(relevance[slot], waited + this.keepAliveTicks));
      } else if (isNews) {
        this.urgent.offer(slot, urgencyOf(relevance[slot], waited));
      }
    }
  }

  /** Puts an update into the first datagram with room. */
  private place(slot: number, bytes: number): boolean {
    if (this.chosenCount === this.chosen.length) return false;
    for (let datagram = 0; datagram < this.freeBytes.length; datagram++) {
      if (this.freeBytes[datagram] < bytes) continue;
      this.freeBytes[datagram] -= bytes;
      this.usedBytes += bytes;
      this.datagramOf[this.chosenCount] = datagram;
      this.chosen[this.chosenCount++] = slot;
      return true;
    }
    return false;
  }
}

/** After how many ticks an avatar starves: early enough that it is told before the time is over. */
export function starvationTicksOf(options: Pick<ScheduleOptions, 'starvationMs' | 'tickMs'>): number {
  return Math.max(1, Math.floor(options.starvationMs / options.tickMs) - 1);
}

/** The `capacity` largest of what was offered: a binary heap whose root is the smallest of them. */
class Ranking {
  readonly slots: Int32Array;
  private readonly keys: Float64Array;
  private count = 0;

  constructor(capacity: number) {
    this.slots = new Int32Array(capacity);
    this.keys = new Float64Array(capacity);
  }

  clear(): void {
    this.count = 0;
  }

  offer(slot: number, key: number): void {
    if (this.count < this.slots.length) this.rise(this.count++, slot, key);
    else if (key > this.keys[0]) this.sink(0, slot, key, this.count);
  }

  /** Brings the slots into order, the largest key first, and says how many there are. Ends the offering. */
  sort(): number {
    // The root, the smallest of the rest, goes to the end of the rest, until all are in falling order.
    for (let end = this.count - 1; end > 0; end--) {
      const slot = this.slots[end];
      const key = this.keys[end];
      this.slots[end] = this.slots[0];
      this.keys[end] = this.keys[0];
      this.sink(0, slot, key, end);
    }
    return this.count;
  }

  private rise(index: number, slot: number, key: number): void {
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.keys[parent] <= key) break;
      this.slots[index] = this.slots[parent];
      this.keys[index] = this.keys[parent];
      index = parent;
    }
    this.slots[index] = slot;
    this.keys[index] = key;
  }

  private sink(index: number, slot: number, key: number, end: number): void {
    for (;;) {
      let child = 2 * index + 1;
      if (child >= end) break;
      if (child + 1 < end && this.keys[child + 1] < this.keys[child]) child++;
      if (this.keys[child] >= key) break;
      this.slots[index] = this.slots[child];
      this.keys[index] = this.keys[child];
      index = child;
    }
    this.slots[index] = slot;
    this.keys[index] = key;
  }
}

function copyInto<T extends Int32Array | Float32Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
