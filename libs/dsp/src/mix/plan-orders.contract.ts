import {
  BED_HEADER_WORDS,
  BIN,
  BIN_EAR,
  ENTRY_WORDS,
  FILTER_WORDS,
  LISTENER,
  type MixMemory,
  NEAR,
  NEAR_EAR,
} from './mix-memory.js';
import type { PlanRenderer } from './plan-renderer.js';

/** A value at the beginning and at the end of a block. */
export type Glide = readonly [from: number, to: number];

/** A source's plane 0 or a bed, with its gain. */
export interface Entry {
  source?: number;
  bed?: number;
  gain: Glide;
}

export interface BinEar {
  delay: Glide;
  direct: Glide;
  low: Glide;
}

export interface Bin {
  entries: Entry[];
  left: BinEar;
  right: BinEar;
}

export interface NearEar {
  delay: Glide;
  /** One for each plane. */
  gains: Glide[];
}

export interface Near {
  source: number;
  left: NearEar;
  right: NearEar;
}

export interface ListenerOrder {
  listener: number;
  isFresh?: boolean;
  bins?: Bin[];
  near?: Near[];
  /** Slot of the reverb; none when absent. */
  reverb?: number;
  wet?: Glide;
}

/** The orders of one tick, as readable objects. */
export interface TickOrders {
  filters: { source: number; isFresh: boolean }[];
  beds: { bed: number; entries: Entry[] }[];
  listeners: ListenerOrder[];
}

/** Writes orders into the plan area, as a planner does, and has them carried out. */
export class OrderWriter {
  private end = 0;
  private readonly memory: MixMemory;

  constructor(private readonly renderer: PlanRenderer) {
    this.memory = renderer.memory;
  }

  carryOut({ filters, beds, listeners }: TickOrders): void {
    this.end = 0;
    for (const { source, isFresh } of filters) this.ints(FILTER_WORDS, source, isFresh ? 1 : 0);
    this.renderer.filterSources(filters.length);
    this.end = 0;
    for (const { bed, entries } of beds) {
      this.ints(BED_HEADER_WORDS, bed, entries.length);
      this.entries(entries);
    }
    this.renderer.sumBeds(beds.length);
    this.mix(listeners);
  }

  /** Only the listeners of a tick. */
  mix(listeners: ListenerOrder[]): void {
    this.end = 0;
    for (const order of listeners) this.listener(order);
    this.renderer.mixListeners(listeners.length);
  }

  private ints(words: number, ...values: number[]): number {
    const begin = this.end;
    this.memory.planInts.fill(0, begin, begin + words);
    this.memory.planInts.set(values, begin);
    this.end += words;
    return begin;
  }

  private glide(from: number, to: number, [first, last]: Glide): void {
    this.memory.planFloats[from] = first;
    this.memory.planFloats[to] = last;
  }

  private entries(entries: Entry[]): void {
    for (const { source, bed, gain } of entries) {
      const address = bed === undefined ? this.memory.sourceAddress(source!) : this.memory.bedAddress(bed);
      const at = this.ints(ENTRY_WORDS, address);
      this.glide(at + 1, at + 2, gain);
    }
  }

  private listener({ listener, isFresh, bins = [], near = [], reverb = -1, wet = [0, 0] }: ListenerOrder): void {
    const at = this.ints(LISTENER.words, listener, bins.length, near.length, isFresh ? 1 : 0);
    this.memory.planInts[at + LISTENER.reverb] = reverb;
    this.glide(at + LISTENER.wetFrom, at + LISTENER.wetTo, wet);
    for (const bin of bins) {
      const words = this.ints(BIN.words, bin.entries.length);
      this.binEar(words + BIN.left, bin.left);
      this.binEar(words + BIN.right, bin.right);
      this.entries(bin.entries);
    }
    for (const { source, left, right } of near) {
      const words = this.ints(NEAR.words, this.memory.sourceAddress(source));
      this.nearEar(words + NEAR.left, left);
      this.nearEar(words + NEAR.right, right);
    }
  }

  private binEar(at: number, { delay, direct, low }: BinEar): void {
    this.glide(at + BIN_EAR.delayFrom, at + BIN_EAR.delayTo, delay);
    this.glide(at + BIN_EAR.directFrom, at + BIN_EAR.directTo, direct);
    this.glide(at + BIN_EAR.lowFrom, at + BIN_EAR.lowTo, low);
  }

  private nearEar(at: number, { delay, gains }: NearEar): void {
    this.glide(at + NEAR_EAR.delayFrom, at + NEAR_EAR.delayTo, delay);
    gains.forEach((gain, plane) => this.glide(at + NEAR_EAR.gainsFrom + plane, at + NEAR_EAR.gainsTo + plane, gain));
  }
}
