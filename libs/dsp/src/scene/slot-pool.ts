import { NO_SLOT } from './spatial-engine.js';

/** Hands out the integers from 0 to capacity - 1, lowest first, each to one holder at a time. */
export class SlotPool {
  private readonly taken: Uint8Array;
  private lowestFree = 0;

  constructor(private readonly capacity: number) {
    this.taken = new Uint8Array(capacity);
  }

  /** A free slot, or NO_SLOT. */
  take(): number {
    let slot = this.lowestFree;
    while (slot < this.capacity && this.taken[slot] === 1) slot++;
    this.lowestFree = slot;
    if (slot === this.capacity) return NO_SLOT;
    this.taken[slot] = 1;
    return slot;
  }

  /** Returns a slot; false if nobody had it. */
  give(slot: number): boolean {
    if (slot < 0 || slot >= this.capacity || this.taken[slot] === 0) return false;
    this.taken[slot] = 0;
    if (slot < this.lowestFree) this.lowestFree = slot;
    return true;
  }
}
