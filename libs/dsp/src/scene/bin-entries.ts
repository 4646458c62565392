import { BINS_MAX, ENTRY_WORDS } from '../mix/mix-memory.js';

/** What goes into each direction for the listener at work: entries as in a BIN order, collected before they are written. */
export class BinEntries {
  /** Entries of each bin. */
  readonly counts = new Int32Array(BINS_MAX);
  /** Words of each bin begin at bin * stride. */
  readonly stride: number;
  /** Whether no bin has an entry. */
  isEmpty = true;
  readonly ints: Int32Array;
  private readonly floats: Float32Array;

  /** @param capacity  entries in one bin */
  constructor(private readonly capacity: number) {
    this.stride = capacity * ENTRY_WORDS;
    this.ints = new Int32Array(BINS_MAX * this.stride);
    this.floats = new Float32Array(this.ints.buffer);
  }

  clear(): void {
    this.counts.fill(0);
    this.isEmpty = true;
  }

  /**
   * Adds a signal whose gain goes from the one to the other; nothing if both are 0. Gains are told by array and index, because
   * numbers with fractions would be allocated on the way.
   */
  add(bin: number, address: number, from: Float32Array, fromIndex: number, to: Float32Array, toIndex: number): void {
    const gainFrom = from[fromIndex];
    const gainTo = to[toIndex];
    if (gainFrom === 0 && gainTo === 0) return;
    const index = this.counts[bin];
    if (index === this.capacity) return;
    this.counts[bin] = index + 1;
    this.isEmpty = false;
    const place = bin * this.stride + index * ENTRY_WORDS;
    this.ints[place] = address;
    this.floats[place + 1] = gainFrom;
    this.floats[place + 2] = gainTo;
  }
}
