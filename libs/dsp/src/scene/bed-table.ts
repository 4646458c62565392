import { cellHash, cellKey } from './cell-table.js';

/** No bed. */
export const NO_BED = -1;
const FREE = -1;

/**
 * Which cell each bed is for. A cell keeps its bed as long as it claims it in every tick; a bed that was not claimed is
 * filled for one tick more, because listeners are still fading out of it, and free after that.
 */
export class BedTable {
  private readonly keys: Float64Array;
  private readonly hashes: Int32Array;
  private readonly claims: Float64Array;
  private readonly slots: Int32Array;
  private readonly mask: number;
  private readonly free: Int32Array;
  private freeCount = 0;
  private tick = 0;
  /** Beds claimed in this tick. */
  claimed = 0;

  constructor(readonly capacity: number) {
    this.keys = new Float64Array(capacity).fill(FREE);
    this.hashes = new Int32Array(capacity);
    this.claims = new Float64Array(capacity);
    const size = 2 ** Math.ceil(Math.log2(4 * capacity + 4));
    this.slots = new Int32Array(size);
    this.mask = size - 1;
    this.free = new Int32Array(capacity);
  }

  /** Frees the beds that nobody claimed in the last tick. */
  begin(): void {
    this.tick++;
    this.claimed = 0;
    this.freeCount = 0;
    this.slots.fill(NO_BED);
    for (let bed = this.capacity - 1; bed >= 0; bed--) {
      if (this.keys[bed] !== FREE && this.claims[bed] === this.tick - 1) this.enter(bed);
      else {
        this.keys[bed] = FREE;
        this.free[this.freeCount++] = bed;
      }
    }
  }

  private enter(bed: number): void {
    let slot = this.hashes[bed] & this.mask;
    while (this.slots[slot] !== NO_BED) slot = (slot + 1) & this.mask;
    this.slots[slot] = bed;
  }

  /** The bed that a cell had in the last tick, or NO_BED. */
  find(level: number, x: number, y: number, z: number): number {
    const key = cellKey(level, x, y, z);
    let slot = cellHash(level, x, y, z) & this.mask;
    while (this.slots[slot] !== NO_BED) {
      if (this.keys[this.slots[slot]] === key) return this.slots[slot];
      slot = (slot + 1) & this.mask;
    }
    return NO_BED;
  }

  /** The bed of a cell for this tick: the one it had, or a free one; NO_BED when there is none left. */
  claim(level: number, x: number, y: number, z: number): number {
    let bed = this.find(level, x, y, z);
    if (bed === NO_BED) {
      if (this.freeCount === 0) return NO_BED;
      bed = this.free[--this.freeCount];
      this.keys[bed] = cellKey(level, x, y, z);
      this.hashes[bed] = cellHash(level, x, y, z);
    }
    this.claims[bed] = this.tick;
    this.claimed++;
    return bed;
  }

  /** Which cell a bed is for, see cellKey. */
  keyOf(bed: number): number {
    return this.keys[bed];
  }

  /** Whether this bed had a cell in the last tick, and none in this one. */
  isRetiring(bed: number): boolean {
    return this.keys[bed] !== FREE && this.claims[bed] === this.tick - 1;
  }
}
