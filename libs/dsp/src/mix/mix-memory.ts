import { assert, BLOCK_FRAMES } from '@app/world';
import { wasm, type WasmMemory } from './web-assembly.js';

/**
 * Signals that each source is turned into once for everybody; an ear hears a weighted sum of them, so that a pair of
 * people costs gains instead of filters. Plane 0 is the source as it is, 1 its first-order lowpass, 2 and 3 the band and
 * low outputs of one resonator (see hrtf/basis-filters.ts).
 */
export const BASIS_COUNT = 4;

/** Bytes of one block of 32-bit samples. */
export const BLOCK_BYTES = 4 * BLOCK_FRAMES;
/** Samples by which an ear may hear a source later, with room for interpolation and whole vectors. */
export const TAIL_FRAMES = 64;
/** Longest delay of an ear, in samples. */
export const EAR_DELAY_MAX = TAIL_FRAMES - 8;

/** Words (32 bits) of a source filter order: source, then 1 when its filters start anew, else 0. */
export const FILTER_WORDS = 2;

/** A bed order: bed, entry count, then entries of ENTRY_WORDS. The bed is replaced by the sum of its entries. */
export const BED_HEADER_WORDS = 2;
/** An entry: byte address of a block, gain at the block's beginning, gain at its end (floats). Gains move in a line. */
export const ENTRY_WORDS = 3;

/**
 * A listener order: header, then its bins with their entries, then its near sources.
 * Floats unless named otherwise; `From` holds at the block's first sample, `To` would hold at the next block's first one.
 */
export const LISTENER = {
  /** Whole number: the listener's slot. */
  slot: 0,
  /** Whole number: bins that follow. */
  binCount: 1,
  /** Whole number: near sources that follow the bins. */
  nearCount: 2,
  /** Whole number: 1 when the listener's state (tails, filters, limiter, reverb) starts anew, else 0. */
  isFresh: 3,
  /** Level of the reverb in the mix. */
  wetFrom: 4,
  wetTo: 5,
  /** Whole number: the reverb's slot, or -1. */
  reverb: 6,
  words: 8,
} as const;

/**
 * A bin: far sounds from one direction, summed before the ears hear them. Both ears: delay in samples with fractions,
 * gain of the sum as it is, gain of its first-order lowpass (the filter of plane 1, run once for each ear).
 */
export const BIN = {
  /** Whole number: entries (ENTRY_WORDS each) that follow this header. */
  entryCount: 0,
  left: 1,
  right: 7,
  words: 16,
} as const;
/** Within BIN.left and BIN.right. */
export const BIN_EAR = { delayFrom: 0, delayTo: 1, directFrom: 2, directTo: 3, lowFrom: 4, lowTo: 5 } as const;

/** A near source: its four planes with gains of their own for each ear, and a delay for each ear. */
export const NEAR = {
  /** Whole number: byte address of the source's plane 0; the others follow, BLOCK_BYTES apart. */
  address: 0,
  left: 1,
  right: 11,
  words: 24,
} as const;
/** Within NEAR.left and NEAR.right; BASIS_COUNT gains each. */
export const NEAR_EAR = { delayFrom: 0, delayTo: 1, gainsFrom: 2, gainsTo: 6 } as const;

/** What is known of a listener's mix after rendering; floats unless named otherwise. */
export const STATUS = {
  /** Largest absolute sample of the mix, after the limiter. 0 when it is silent. */
  peak: 0,
  /** Largest absolute value that is still to come without any input: ear tails, filters, reverb. 0 when nothing is. */
  tailPeak: 1,
  /** Whole number: a hash of the 16-bit mix, so that equal mixes can be found. */
  hash: 2,
  /** Gain of the limiter at the end of the block, 1 when it is idle. */
  limiterGain: 3,
  words: 4,
} as const;

/** Parameters of one reverb, see REVERB_PARAMETER in reverb-parameters.ts; made by reverbParameters. */
export const REVERB_PARAMETER_WORDS = 16;
/** Delay lines of one reverb. */
export const REVERB_LINES = 8;
/** Samples in each delay line's ring; a power of two, longer than the longest line. */
export const REVERB_RING_FRAMES = 4_096;

/** 64 KiB: the unit in which WebAssembly memory grows. */
const PAGE_BYTES = 65_536;
/** The kernels' own constants lie below; ours begin here. */
const AREAS_BEGIN = PAGE_BYTES;

/** Addresses of the areas, told to the kernels in this order by `configure`. All in bytes, 16-byte aligned. */
export interface MixAreas {
  sources: number;
  beds: number;
  plan: number;
  status: number;
  mixes: number;
  pcm: number;
  reverbParameters: number;
  /** State that only the renderer knows: filter states of sources, tails and filters of listeners, reverb lines. */
  sourceStates: number;
  listenerStates: number;
  reverbStates: number;
  /** Rubbish between calls: bins and buses of the listener at work. */
  scratch: number;
}

/** How much there is to be room for. */
export interface MixMemoryOptions {
  sourcesMax: number;
  bedsMax: number;
  listenersMax: number;
  /** Listeners who stand in a zone with reverb at the same time. */
  reverbsMax: number;
  /** Words of the orders that one call can take; the planner calls more than once when it has more. */
  planWordsMax?: number;
}

/** 32-bit words of state for each source, listener and reverb; generous, checked by the renderers. */
export const SOURCE_STATE_WORDS = 16;
export const LISTENER_STATE_WORDS = 4 * TAIL_FRAMES + 32;
export const REVERB_STATE_WORDS = REVERB_LINES * REVERB_RING_FRAMES + 64;
/** Directions of the far field: see scene/far-directions.ts. */
export const BINS_MAX = 18;
const SCRATCH_WORDS = BINS_MAX * BLOCK_FRAMES + 8 * (BLOCK_FRAMES + TAIL_FRAMES);
const PLAN_WORDS = 1 << 20;

/**
 * All samples and orders of one engine, laid out once in one WebAssembly memory, so that nothing is copied between
 * planner, kernels and codec. Sources come in as blocks of 32-bit samples, mixes go out as 32-bit planes and as
 * interleaved 16-bit samples.
 */
export class MixMemory {
  readonly wasm: WasmMemory;
  readonly areas: MixAreas;
  readonly options: Required<MixMemoryOptions>;
  /** The orders of one call, as whole numbers and as floats: the same memory. */
  readonly planInts: Int32Array;
  readonly planFloats: Float32Array;
  readonly status: Float32Array;
  readonly statusInts: Int32Array;
  readonly reverbParameters: Float32Array;
  private readonly inputs: Float32Array[];
  private readonly mixes: Float32Array[];
  private readonly pcms: Int16Array[];

  constructor(options: MixMemoryOptions) {
    const { sourcesMax, bedsMax, listenersMax, reverbsMax, planWordsMax = PLAN_WORDS } = options;
    assert(sourcesMax >= 1 && listenersMax >= 1 && bedsMax >= 0 && reverbsMax >= 0, 'room for somebody');
    this.options = { sourcesMax, bedsMax, listenersMax, reverbsMax, planWordsMax };
    let end = AREAS_BEGIN;
    const take = (bytes: number): number => {
      const begin = end;
      end = Math.ceil((end + bytes) / 64) * 64;
      return begin;
    };
    this.areas = {
      sources: take(sourcesMax * BASIS_COUNT * BLOCK_BYTES),
      beds: take(bedsMax * BLOCK_BYTES),
      plan: take(4 * planWordsMax),
      status: take(4 * STATUS.words * listenersMax),
      mixes: take(2 * BLOCK_BYTES * listenersMax),
      pcm: take(BLOCK_BYTES * listenersMax),
      reverbParameters: take(4 * REVERB_PARAMETER_WORDS * reverbsMax),
      sourceStates: take(4 * SOURCE_STATE_WORDS * sourcesMax),
      listenerStates: take(4 * LISTENER_STATE_WORDS * listenersMax),
      reverbStates: take(4 * REVERB_STATE_WORDS * reverbsMax),
      scratch: take(4 * SCRATCH_WORDS),
    };
    const pages = Math.ceil(end / PAGE_BYTES);
    this.wasm = new wasm.Memory({ initial: pages, maximum: pages });
    const { buffer } = this.wasm;
    const { areas } = this;
    this.planInts = new Int32Array(buffer, areas.plan, planWordsMax);
    this.planFloats = new Float32Array(buffer, areas.plan, planWordsMax);
    this.status = new Float32Array(buffer, areas.status, STATUS.words * listenersMax);
    this.statusInts = new Int32Array(buffer, areas.status, STATUS.words * listenersMax);
    this.reverbParameters = new Float32Array(buffer, areas.reverbParameters, REVERB_PARAMETER_WORDS * reverbsMax);
    this.inputs = Array.from({ length: sourcesMax }, (_, source) => {
      return new Float32Array(buffer, this.sourceAddress(source), BLOCK_FRAMES);
    });
    this.mixes = Array.from({ length: listenersMax }, (_, listener) => {
      return new Float32Array(buffer, areas.mixes + 2 * BLOCK_BYTES * listener, 2 * BLOCK_FRAMES);
    });
    this.pcms = Array.from({ length: listenersMax }, (_, listener) => {
      return new Int16Array(buffer, areas.pcm + BLOCK_BYTES * listener, 2 * BLOCK_FRAMES);
    });
  }

  /** Byte address of a source's plane 0. */
  sourceAddress(source: number): number {
    return this.areas.sources + source * BASIS_COUNT * BLOCK_BYTES;
  }

  /** Byte address of a bed's block. */
  bedAddress(bed: number): number {
    return this.areas.beds + bed * BLOCK_BYTES;
  }

  /** Plane 0 of a source: what it says, BLOCK_FRAMES samples in [-1, 1]. Always the same view. */
  input(source: number): Float32Array {
    return this.inputs[source];
  }

  /** A listener's mix: left in [0, BLOCK_FRAMES), right behind it, in [-1, 1]. Always the same view. */
  mix(listener: number): Float32Array {
    return this.mixes[listener];
  }

  /** The same as interleaved 16-bit samples. Always the same view. */
  pcm(listener: number): Int16Array {
    return this.pcms[listener];
  }
}
