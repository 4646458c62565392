import { randomBytes } from 'node:crypto';

/** Numbers of one slot: the hash of an id, and its place and 1. */
const STRIDE = 2;
const EMPTY = 0;
/** Into how many tables, by their hashes, ids are divided: a power of two. */
const TABLES = 256;
const TABLE_SHIFT = 24;
/** Slots of the smallest table with anything in it. */
const SLOTS_MIN = 16;
/** The table of none. Nothing is ever written into it. */
const NO_SLOTS = new Uint32Array(STRIDE);

/** Nobody can choose ids that collide without knowing it. */
const SEED = randomBytes(4).readUInt32LE();

/** A hash for the index; differs from process to process. */
export function hashOfEditId(editId: string): number {
  let hash = SEED;
  for (let i = 0; i < editId.length; i++) hash = Math.imul(hash ^ editId.charCodeAt(i), 0x0100_0193);
  // Ids that are nearly the same shall not be neighbours in the table.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/**
 * Finds places by the hashes of the ids that are there. A Map of a million texts costs several misses of the processor's
 * caches for each question, and rebuilds itself whenever many have been deleted; this is some arrays of numbers, at least
 * half of each empty, in which mostly one look says that an id is new.
 *
 * Each array grows by itself, at a moment of its own, so that no single edit waits until a million have moved.
 */
export class EditIdIndex {
  private readonly tables = Array.from({ length: TABLES }, () => new Table());

  /** @param isAt  whether an id is at a place */
  constructor(private readonly isAt: (place: number, editId: string) => boolean) {}

  /** The place of an id; undefined when it is not there. */
  find(hash: number, editId: string): number | undefined {
    const { slots, mask } = this.tables[hash >>> TABLE_SHIFT];
    for (let at = (hash * STRIDE) & mask; slots[at + 1] !== EMPTY; at = (at + STRIDE) & mask) {
      if (slots[at] === hash && this.isAt(slots[at + 1] - 1, editId)) return slots[at + 1] - 1;
    }
    return undefined;
  }

  /** Adds an id that is not there, at a place from 0 to 2^31 - 1. Returns how many others had to move. */
  add(hash: number, place: number): number {
    return this.tables[hash >>> TABLE_SHIFT].add(hash, place + 1);
  }

  /** Removes what `add` was called with. */
  remove(hash: number, place: number): void {
    this.tables[hash >>> TABLE_SHIFT].remove(hash, place + 1);
  }
}

/** Open addressing with linear probing. */
class Table {
  slots = NO_SLOTS;
  mask = NO_SLOTS.length - 1;
  private count = 0;

  add(hash: number, mark: number): number {
    const isFull = 2 * STRIDE * (this.count + 1) > this.slots.length;
    if (isFull) this.resize(Math.max(SLOTS_MIN * STRIDE, 2 * this.slots.length));
    this.insert(hash, mark);
    const movedCount = isFull ? this.count : 0;
    this.count++;
    return movedCount;
  }

  remove(hash: number, mark: number): void {
    const { slots } = this;
    let gap = this.homeOf(hash);
    while (slots[gap + 1] !== mark) gap = this.next(gap);
    // What stands behind the gap, and would not be found across it, moves into it.
    for (let at = this.next(gap); slots[at + 1] !== EMPTY; at = this.next(at)) {
      if (this.distance(this.homeOf(slots[at]), at) < this.distance(gap, at)) continue;
      slots[gap] = slots[at];
      slots[gap + 1] = slots[at + 1];
      gap = at;
    }
    slots[gap + 1] = EMPTY;
    this.count--;
    const isWide = 8 * STRIDE * this.count < slots.length && slots.length > SLOTS_MIN * STRIDE;
    if (isWide) this.resize(slots.length / 2);
  }

  private insert(hash: number, mark: number): void {
    const { slots } = this;
    let at = this.homeOf(hash);
    while (slots[at + 1] !== EMPTY) at = this.next(at);
    slots[at] = hash;
    slots[at + 1] = mark;
  }

  private resize(length: number): void {
    const before = this.slots;
    this.slots = new Uint32Array(length);
    this.mask = length - 1;
    for (let at = 0; at < before.length; at += STRIDE) {
      if (before[at + 1] !== EMPTY) this.insert(before[at], before[at + 1]);
    }
  }

  private homeOf(hash: number): number {
    return (hash * STRIDE) & this.mask;
  }

  private next(at: number): number {
    return (at + STRIDE) & this.mask;
  }

  private distance(from: number, to: number): number {
    return (to - from) & this.mask;
  }
}
