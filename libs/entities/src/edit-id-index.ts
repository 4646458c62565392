import { randomBytes } from 'node:crypto';

/** Numbers of one slot: the hash of an id, and its place. */
const STRIDE = 2;
const EMPTY = 0xffff_ffff;

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
 * caches for each question, and rebuilds itself whenever many have been deleted; this is one array of numbers, at least
 * half of it empty, in which mostly one look says that an id is new.
 */
export class EditIdIndex {
  private readonly slots: Uint32Array;
  private readonly mask: number;

  /**
   * @param countMax  ids that there will be at most: a power of two
   * @param isAt      whether an id is at a place
   */
  constructor(
    countMax: number,
    private readonly isAt: (place: number, editId: string) => boolean,
  ) {
    this.slots = new Uint32Array(countMax * 2 * STRIDE).fill(EMPTY);
    this.mask = this.slots.length - 1;
  }

  /** The place of an id; undefined when it is not there. */
  find(hash: number, editId: string): number | undefined {
    const { slots } = this;
    for (let at = this.homeOf(hash); slots[at + 1] !== EMPTY; at = this.next(at)) {
      if (slots[at] === hash && this.isAt(slots[at + 1], editId)) return slots[at + 1];
    }
    return undefined;
  }

  /** Adds an id that is not there, at a place from 0 to 2^31 - 1. */
  add(hash: number, place: number): void {
    const { slots } = this;
    let at = this.homeOf(hash);
    while (slots[at + 1] !== EMPTY) at = this.next(at);
    slots[at] = hash;
    slots[at + 1] = place;
  }

  /** Removes what `add` was called with. */
  remove(hash: number, place: number): void {
    const { slots } = this;
    let gap = this.homeOf(hash);
    while (slots[gap + 1] !== place) gap = this.next(gap);
    // What stands behind the gap, and would not be found across it, moves into it.
    for (let at = this.next(gap); slots[at + 1] !== EMPTY; at = this.next(at)) {
      if (this.distance(this.homeOf(slots[at]), at) < this.distance(gap, at)) continue;
      slots[gap] = slots[at];
      slots[gap + 1] = slots[at + 1];
      gap = at;
    }
    slots[gap + 1] = EMPTY;
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
