import { SeededRandom } from '@app/testing';
import { BLOCK_FRAMES } from '@app/world';
import { BASIS_COUNT, BINS_MAX, EAR_DELAY_MAX, type MixMemory, REVERB_PARAMETER_WORDS } from './mix-memory.js';
import type { Bin, BinEar, Entry, Glide, ListenerOrder, Near, NearEar, TickOrders } from './plan-orders.contract.js';
import { reverbParameters } from './reverb-parameters.js';

const SOURCES = 13;
const BEDS = 5;
const LISTENERS = 4;
/** Most near sources of a listener. */
const NEAR_MAX = 16;

/** Room for any random scene. */
export const SCENE_OPTIONS = {
  sourcesMax: SOURCES,
  bedsMax: BEDS,
  listenersMax: LISTENERS,
  reverbsMax: LISTENERS,
  planWordsMax: 1 << 16,
};

/**
 * Chance as a planner: each block of a scene has orders that continue those of the block before, gliding, sometimes
 * jumping; the same seed gives the same scene.
 */
export class RandomScene {
  private readonly random: SeededRandom;
  /** Linear; some scenes are hardly audible, others far too loud. */
  private readonly loudness: number;
  private readonly last = new Map<string, number>();
  private readonly decaysS: number[];
  /** Share of values that stay as they are. Where all of an order's values do, renderers take short cuts. */
  private calm = 0;
  private block = 0;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.loudness = [0.002, 0.1, 0.4, 3][seed % 4];
    this.decaysS = Array.from({ length: LISTENERS }, () => this.between(0.2, 4));
  }

  /** Orders of the next block; its inputs and reverb parameters are written into `memories`. */
  next(...memories: MixMemory[]): TickOrders {
    for (let source = 0; source < SOURCES; source++) {
      const samples = this.samples(source);
      for (const memory of memories) memory.input(source).set(samples);
    }
    this.decaysS.forEach((_, reverb) => {
      if (this.random.next() < 0.2) this.decaysS[reverb] = this.between(0.2, 4);
      const words = reverbParameters(this.decaysS[reverb]);
      for (const memory of memories) memory.reverbParameters.set(words, reverb * REVERB_PARAMETER_WORDS);
    });
    const orders = { filters: this.filters(), beds: this.beds(), listeners: this.listeners() };
    this.block += 1;
    return orders;
  }

  private between(min: number, max: number): number {
    return min + (max - min) * this.random.next();
  }

  private times<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }

  /** Noise, tones, clicks, steps, or nothing. */
  private samples(source: number): Float32Array {
    const { random, loudness } = this;
    const begin = this.block * BLOCK_FRAMES;
    const kind = (source + (random.next() < 0.1 ? 1 : 0)) % 5;
    return Float32Array.from({ length: BLOCK_FRAMES }, (_, frame) => {
      if (kind === 0) return loudness * (random.next() * 2 - 1);
      if (kind === 1) return loudness * Math.sin((begin + frame) * 0.01 * (source + 1));
      if (kind === 2) return random.next() < 0.003 ? loudness : 0;
      if (kind === 3) return (frame >> 7) % 2 ? loudness : -loudness;
      return 0;
    });
  }

  /** From where the value was to somewhere else. */
  private glide(name: string, min: number, max: number, stepMax = max - min): Glide {
    const before = this.last.get(name);
    const isNew = before === undefined || this.random.next() < 0.05;
    const from = isNew ? this.between(min, max) : before;
    const isSteady = this.random.next() < this.calm;
    const to = isSteady ? from : Math.min(max, Math.max(min, from + this.between(-stepMax, stepMax)));
    this.last.set(name, to);
    return [from, to];
  }

  private delay(name: string): Glide {
    if (this.random.next() < 0.1) {
      const whole = this.random.nextInteger(0, EAR_DELAY_MAX);
      this.last.set(name, whole);
      return [whole, whole];
    }
    // A head that turns fast moves an ear by some samples in 20 ms; so whole numbers are passed in most blocks.
    return this.glide(name, 0, EAR_DELAY_MAX, 6);
  }

  private filters(): TickOrders['filters'] {
    return this.times(SOURCES, (source) => ({ source, isFresh: this.block === 0 || this.random.next() < 0.05 }));
  }

  private beds(): TickOrders['beds'] {
    return this.times(BEDS, (bed) => {
      const entries = this.entries(`bed${bed}`, this.random.nextInteger(0, 6), 0);
      if (bed > 0) entries.push({ bed: bed - 1, gain: this.glide(`bed${bed} of beds`, 0, 1) });
      return { bed, entries };
    });
  }

  private entries(name: string, count: number, bedsMax: number): Entry[] {
    return this.times(count, (index) => {
      const gain = this.glide(`${name} ${index}`, 0, 0.5);
      const isBed = bedsMax > 0 && this.random.next() < 0.3;
      return isBed
        ? { bed: this.random.nextInteger(0, bedsMax - 1), gain }
        : { source: this.random.nextInteger(0, SOURCES - 1), gain };
    });
  }

  private listeners(): ListenerOrder[] {
    return this.times(LISTENERS, (listener) => {
      this.calm = [0.1, 0.6, 0.97][this.random.nextInteger(0, 2)];
      const order: ListenerOrder = {
        listener,
        isFresh: this.block === 0 || this.random.next() < 0.05,
        bins: this.times(this.random.nextInteger(0, BINS_MAX), (bin) => this.bin(`${listener} bin${bin}`)),
        near: this.times(this.random.nextInteger(0, NEAR_MAX), (near) => this.near(`${listener} near${near}`)),
      };
      if (this.random.next() < 0.9 && listener % 2 === 0) {
        order.reverb = listener;
        order.wet = this.glide(`${listener} wet`, 0, 1);
      }
      return order;
    });
  }

  private bin(name: string): Bin {
    const entries = this.entries(name, this.random.nextInteger(0, 5), BEDS);
    return { entries, left: this.binEar(`${name} left`), right: this.binEar(`${name} right`) };
  }

  private binEar(name: string): BinEar {
    return {
      delay: this.delay(`${name} delay`),
      direct: this.glide(`${name} direct`, -0.5, 1),
      low: this.glide(`${name} low`, -0.5, 1),
    };
  }

  private near(name: string): Near {
    const source = this.random.nextInteger(0, SOURCES - 1);
    return { source, left: this.nearEar(`${name} left`), right: this.nearEar(`${name} right`) };
  }

  private nearEar(name: string): NearEar {
    const gains = this.times(BASIS_COUNT, (plane) => this.glide(`${name} ${plane}`, -0.5, 1));
    return { delay: this.delay(`${name} delay`), gains };
  }
}
