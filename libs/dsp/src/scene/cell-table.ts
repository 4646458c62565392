import { POSITION_M_MAX } from '@app/world';

/** Edge of the smallest cells, in metres. */
export const LEAF_M = 1;
/** Sizes of cells: 1 m, 2 m, 4 m ... 256 m. */
export const LEVELS = 9;
/** No cell. */
export const NO_CELL = -1;

/** Cells are counted from a corner of the world, so that they are not negative. */
const CORNER_M = -(POSITION_M_MAX + LEAF_M);
const AXIS_CELLS = 1 << 14;

/** Column, row or layer of the leaf that holds a coordinate. */
export function leafIndex(metres: number): number {
  return Math.floor((metres - CORNER_M) / LEAF_M);
}

/** Lower edge of a leaf on one axis, in metres. */
export function leafEdge(index: number): number {
  return index * LEAF_M + CORNER_M;
}

/** One number for a cell of a level, whole and exact. */
export function cellKey(level: number, x: number, y: number, z: number): number {
  return ((x * AXIS_CELLS + y) * AXIS_CELLS + z) * LEVELS + level;
}

/** A hash of a cell, for tables whose size is a power of two. */
export function cellHash(level: number, x: number, y: number, z: number): number {
  const mixed = Math.imul(x + level, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ Math.imul(z, 0xc2b2ae35);
  return mixed ^ (mixed >>> 15);
}

/**
 * The cells in which somebody sounds, level by level, found by where they are. Emptied and filled anew in each tick; a cell
 * is an index that holds until then.
 */
export class CellTable {
  count = 0;
  readonly x: Int32Array;
  readonly y: Int32Array;
  readonly z: Int32Array;
  readonly level: Uint8Array;
  private readonly slots: Int32Array;
  private readonly stamps: Float64Array;
  private readonly mask: number;
  private stamp = 0;

  constructor(readonly capacity: number) {
    this.x = new Int32Array(capacity);
    this.y = new Int32Array(capacity);
    this.z = new Int32Array(capacity);
    this.level = new Uint8Array(capacity);
    const size = 2 ** Math.ceil(Math.log2(2 * capacity));
    this.slots = new Int32Array(size);
    this.stamps = new Float64Array(size);
    this.mask = size - 1;
  }

  clear(): void {
    this.count = 0;
    this.stamp++;
  }

  /** The cell at a place, or NO_CELL. */
  find(level: number, x: number, y: number, z: number): number {
    const slot = this.slotOf(level, x, y, z);
    return this.stamps[slot] === this.stamp ? this.slots[slot] : NO_CELL;
  }

  /** The cell of a key, or NO_CELL. */
  findKey(key: number): number {
    const level = key % LEVELS;
    const place = Math.floor(key / LEVELS);
    const column = Math.floor(place / AXIS_CELLS);
    return this.find(level, Math.floor(column / AXIS_CELLS), column % AXIS_CELLS, place % AXIS_CELLS);
  }

  /** The cell at a place, made if there is none yet; NO_CELL when the table is full. */
  claim(level: number, x: number, y: number, z: number): number {
    const slot = this.slotOf(level, x, y, z);
    if (this.stamps[slot] === this.stamp) return this.slots[slot];
    if (this.count === this.capacity) return NO_CELL;
    const cell = this.count++;
    this.stamps[slot] = this.stamp;
    this.slots[slot] = cell;
    this.x[cell] = x;
    this.y[cell] = y;
    this.z[cell] = z;
    this.level[cell] = level;
    return cell;
  }

  /** Where the cell is in the hash table, or the free place where it belongs. */
  private slotOf(level: number, x: number, y: number, z: number): number {
    let slot = cellHash(level, x, y, z) & this.mask;
    while (this.stamps[slot] === this.stamp && !this.isAt(this.slots[slot], level, x, y, z))
      slot = (slot + 1) & this.mask;
    return slot;
  }

  private isAt(cell: number, level: number, x: number, y: number, z: number): boolean {
    return this.x[cell] === x && this.z[cell] === z && this.y[cell] === y && this.level[cell] === level;
  }
}
