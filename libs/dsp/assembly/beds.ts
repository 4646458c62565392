import { bedsArea, planArea } from './areas';
import { BED_HEADER_BYTES, BLOCK_BYTES, ENTRY_BYTES } from './layout';
import { sumEntries } from './weighted-sum';

/** Sums `count` beds in the order of their orders, so that a bed may be an entry of a later one. */
export function sumBeds(count: i32): void {
  let order = planArea;
  for (let index = 0; index < count; index++) {
    const entries = order + BED_HEADER_BYTES;
    const entryCount = load<i32>(order, 4);
    sumEntries(bedsArea + load<u32>(order) * BLOCK_BYTES, entries, entryCount);
    order = entries + entryCount * ENTRY_BYTES;
  }
}
