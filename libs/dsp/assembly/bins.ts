import { scratchArea } from './areas';
import { hearFourNow, hearMovingBin, hearTwoLate } from './bin-ear';
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
import { loadDelay } from './ramp';
import { LEFT, paddedBlock, RIGHT } from './scratch';
import { sumEntries } from './weighted-sum';

// Orders of bins that are summed and wait to be heard together, up to four.
let waiting0: usize = 0;
let waiting1: usize = 0;
let waiting2: usize = 0;
let waiting3: usize = 0;

/**
 * Sums `count` bins and lets both ears hear them. While the head is still its bins are heard in fours, so that the buses
 * are read and written less often. Returns the end of their orders.
 */
export function mixBins(order: usize, count: i32): usize {
  let waiting = 0;
  for (let index = 0; index < count; index++) {
    const entryCount = load<i32>(order, BIN_ENTRY_COUNT);
    const block = paddedBlock(waiting);
    sumEntries(block, order + BIN_BYTES, entryCount);
    if (isStill(order + BIN_LEFT) && isStill(order + BIN_RIGHT)) {
      wait(waiting++, order);
      if (waiting === 4) waiting = hearWaiting(4);
    } else {
      hearMovingBin(block, order + BIN_LEFT, scratchArea + LEFT);
      hearMovingBin(block, order + BIN_RIGHT, scratchArea + RIGHT);
    }
    order += BIN_BYTES + entryCount * ENTRY_BYTES;
  }
  hearWaiting(waiting);
  return order;
}

/** Whether an ear's delay and gains stay as they are. */
function isStill(ear: usize): bool {
  return (
    load<f32>(ear, BIN_DELAY_FROM) === load<f32>(ear, BIN_DELAY_TO) &&
    load<f32>(ear, BIN_DIRECT_FROM) === load<f32>(ear, BIN_DIRECT_TO) &&
    load<f32>(ear, BIN_LOW_FROM) === load<f32>(ear, BIN_LOW_TO)
  );
}

function wait(place: i32, order: usize): void {
  if (place === 0) waiting0 = order;
  else if (place === 1) waiting1 = order;
  else if (place === 2) waiting2 = order;
  else waiting3 = order;
}

/** Returns how many still wait: none. */
function hearWaiting(count: i32): i32 {
  hearSide(count, BIN_LEFT, scratchArea + LEFT);
  hearSide(count, BIN_RIGHT, scratchArea + RIGHT);
  return 0;
}

/** One ear hears what waits. What is missing in a pair is its first bin once more, with gains of 0. */
function hearSide(count: i32, side: usize, bus: usize): void {
  if (count === 4 && isNow(waiting0 + side, waiting1 + side) && isNow(waiting2 + side, waiting3 + side)) {
    hearFourNow(bus, waiting0 + side, waiting1 + side, waiting2 + side, waiting3 + side);
    return;
  }
  if (count > 0) hearTwoLate(bus, 0, waiting0 + side, count > 1 ? waiting1 + side : 0);
  if (count > 2) hearTwoLate(bus, 2, waiting2 + side, count > 3 ? waiting3 + side : 0);
}

/** Whether two bins are heard without delay. */
function isNow(ear0: usize, ear1: usize): bool {
  return loadDelay(ear0 + BIN_DELAY_FROM) + loadDelay(ear1 + BIN_DELAY_FROM) === 0;
}
