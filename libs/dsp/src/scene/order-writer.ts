import {
  BASIS_COUNT,
  BED_HEADER_WORDS,
  BIN,
  BIN_EAR,
  ENTRY_WORDS,
  FILTER_WORDS,
  LISTENER,
  NEAR,
  NEAR_EAR,
} from '../mix/mix-memory.js';
import type { PlanRenderer } from '../mix/plan-renderer.js';
import type { BinEntries } from './bin-entries.js';

/**
 * Words that are carried out together: as many as stay in a core's cache between being written and being read, but never
 * less than one order needs.
 */
const BATCH_WORDS = 32_768;

/** Writes orders one behind the other, and has them carried out when there are enough of them. */
export class OrderWriter {
  private readonly ints: Int32Array;
  private readonly floats: Float32Array;
  private position = 0;
  private count = 0;
  private header = 0;

  constructor(private readonly renderer: PlanRenderer) {
    this.ints = renderer.memory.planInts;
    this.floats = renderer.memory.planFloats;
  }

  /** Has a source's planes made. All of them must be told before `finishFilters`. */
  filter(source: number, isFresh: boolean): void {
    if (this.position + FILTER_WORDS > this.ints.length) this.finishFilters();
    this.ints[this.position] = source;
    this.ints[this.position + 1] = isFresh ? 1 : 0;
    this.position += FILTER_WORDS;
    this.count++;
  }

  finishFilters(): void {
    if (this.count > 0) this.renderer.filterSources(this.count);
    this.clear();
  }

  /** Begins a bed of at most `entriesMax` entries. */
  beginBed(bed: number, entriesMax: number): void {
    if (this.position + BED_HEADER_WORDS + entriesMax * ENTRY_WORDS > this.ints.length) this.finishBeds();
    this.header = this.position;
    this.ints[this.position] = bed;
    this.ints[this.position + 1] = 0;
    this.position += BED_HEADER_WORDS;
    this.count++;
  }

  bedEntry(address: number, from: number, to: number): void {
    this.ints[this.header + 1]++;
    this.ints[this.position] = address;
    this.floats[this.position + 1] = from;
    this.floats[this.position + 2] = to;
    this.position += ENTRY_WORDS;
  }

  finishBeds(): void {
    if (this.count > 0) this.renderer.sumBeds(this.count);
    this.clear();
  }

  /**
   * Begins a listener's order; bins must follow, then near sources.
   *
   * @param wordsMax  most words that the order may take
   */
  beginListener(
    slot: number,
    isFresh: boolean,
    wetFrom: number,
    wetTo: number,
    reverb: number,
    wordsMax: number,
  ): void {
    const { ints, floats } = this;
    if (this.position > BATCH_WORDS || this.position + wordsMax > ints.length) this.finishListeners();
    const header = this.position;
    this.header = header;
    ints[header + LISTENER.slot] = slot;
    ints[header + LISTENER.binCount] = 0;
    ints[header + LISTENER.nearCount] = 0;
    ints[header + LISTENER.isFresh] = isFresh ? 1 : 0;
    floats[header + LISTENER.wetFrom] = wetFrom;
    floats[header + LISTENER.wetTo] = wetTo;
    ints[header + LISTENER.reverb] = reverb;
    ints[header + LISTENER.words - 1] = 0;
    this.position = header + LISTENER.words;
    this.count++;
  }

  /**
   * Orders one bin with its entries. Ears are FAR_EAR_WORDS from an offset on; their gains are multiplied by the scales.
   */
  bin(
    entries: BinEntries,
    bin: number,
    from: Float32Array,
    fromScale: number,
    to: Float32Array,
    toScale: number,
    offset: number,
  ): void {
    this.ints[this.header + LISTENER.binCount]++;
    const count = entries.counts[bin];
    this.ints[this.position + BIN.entryCount] = count;
    this.binEar(this.position + BIN.left, from, offset, offset + 2, fromScale, to, toScale);
    this.binEar(this.position + BIN.right, from, offset + 1, offset + 4, fromScale, to, toScale);
    this.position += BIN.words;
    this.copyEntries(entries, bin, count);
  }

  private binEar(
    place: number,
    from: Float32Array,
    delay: number,
    gains: number,
    fromScale: number,
    to: Float32Array,
    toScale: number,
  ): void {
    const { floats } = this;
    floats[place + BIN_EAR.delayFrom] = from[delay];
    floats[place + BIN_EAR.delayTo] = to[delay];
    floats[place + BIN_EAR.directFrom] = from[gains] * fromScale;
    floats[place + BIN_EAR.directTo] = to[gains] * toScale;
    floats[place + BIN_EAR.lowFrom] = from[gains + 1] * fromScale;
    floats[place + BIN_EAR.lowTo] = to[gains + 1] * toScale;
  }

  private copyEntries(entries: BinEntries, bin: number, count: number): void {
    const { ints } = this;
    const source = entries.ints;
    let from = bin * entries.stride;
    let to = this.position;
    const end = to + count * ENTRY_WORDS;
    while (to < end) ints[to++] = source[from++];
    this.position = end;
  }

  /** Orders one near source. Ears are EAR_WORDS from an offset on; their gains are multiplied by the scales. */
  near(
    address: number,
    from: Float32Array,
    fromOffset: number,
    fromScale: number,
    to: Float32Array,
    toOffset: number,
    toScale: number,
  ): void {
    const { floats, position } = this;
    this.ints[this.header + LISTENER.nearCount]++;
    this.ints[position + NEAR.address] = address;
    for (let ear = 0; ear < 2; ear++) {
      const place = position + (ear === 0 ? NEAR.left : NEAR.right);
      floats[place + NEAR_EAR.delayFrom] = from[fromOffset + ear];
      floats[place + NEAR_EAR.delayTo] = to[toOffset + ear];
      const first = 2 + BASIS_COUNT * ear;
      for (let plane = 0; plane < BASIS_COUNT; plane++) {
        floats[place + NEAR_EAR.gainsFrom + plane] = from[fromOffset + first + plane] * fromScale;
        floats[place + NEAR_EAR.gainsTo + plane] = to[toOffset + first + plane] * toScale;
      }
    }
    this.position += NEAR.words;
  }

  /** Has all listeners mixed that were ordered since the last time. */
  finishListeners(): void {
    if (this.count > 0) this.renderer.mixListeners(this.count);
    this.clear();
  }

  private clear(): void {
    this.position = 0;
    this.count = 0;
  }
}
