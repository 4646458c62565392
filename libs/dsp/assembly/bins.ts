import { scratchArea } from './areas';
import { addDelayed } from './delayed-sum';
import { AFTER_BUSES, DIRECT_LEFT, DIRECT_RIGHT, LOW_LEFT, LOW_RIGHT } from './ears';
import {
  BIN_BYTES,
  BIN_DELAY_FROM,
  BIN_DELAY_TO,
  BIN_DIRECT_FROM,
  BIN_DIRECT_TO,
  BIN_ENTRY_COUNT,
  BIN_LEFT,
  BIN_LOW_FROM,
  BIN_LOW_TO,
  BIN_RIGHT,
  ENTRY_BYTES,
} from './layout';
import { sumEntries } from './weighted-sum';

/** Sums `count` bins one after the other and lets both ears hear them. Returns the end of their orders. */
export function mixBins(order: usize, count: i32): usize {
  const sum = scratchArea + AFTER_BUSES;
  for (let index = 0; index < count; index++) {
    const entryCount = load<i32>(order, BIN_ENTRY_COUNT);
    sumEntries(sum, order + BIN_BYTES, entryCount);
    hearBin(sum, order + BIN_LEFT, scratchArea + DIRECT_LEFT, scratchArea + LOW_LEFT);
    hearBin(sum, order + BIN_RIGHT, scratchArea + DIRECT_RIGHT, scratchArea + LOW_RIGHT);
    order += BIN_BYTES + entryCount * ENTRY_BYTES;
  }
  return order;
}

function hearBin(sum: usize, ear: usize, direct: usize, low: usize): void {
  const from = load<f32>(ear, BIN_DELAY_FROM);
  const to = load<f32>(ear, BIN_DELAY_TO);
  addDelayed(sum, direct, from, to, load<f32>(ear, BIN_DIRECT_FROM), load<f32>(ear, BIN_DIRECT_TO));
  addDelayed(sum, low, from, to, load<f32>(ear, BIN_LOW_FROM), load<f32>(ear, BIN_LOW_TO));
}
