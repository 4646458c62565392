import { scratchArea } from './areas';
import { addFour, addFourSteady, addTwo, setFour, setFourSteady } from './four-sum';
import { BLOCK_BYTES, ENTRY_BYTES } from './layout';
import { SORTED } from './scratch';

/** Entries that are sorted at once. */
const SORTED_MAX: i32 = 256;

/**
 * Replaces a block by the sum of `count` entries; each gain moves in a line from its first to its second value.
 *
 * Entries are added four at a time, so that the sum is read and written once for four of them; those whose gains stay
 * come first, because they need half the additions.
 */
export function sumEntries(target: usize, entries: usize, count: i32): void {
  let isFirst = true;
  while (count > 0) {
    const some = min(count, SORTED_MAX);
    addSorted(target, entries, some, isFirst);
    isFirst = false;
    entries += some * ENTRY_BYTES;
    count -= some;
  }
  if (isFirst) clear(target);
}

function clear(target: usize): void {
  const end = target + BLOCK_BYTES;
  do {
    v128.store(target, f32x4.splat(0));
    v128.store(target, f32x4.splat(0), 16);
    target += 32;
  } while (target < end);
}

function addSorted(target: usize, entries: usize, count: i32, isFirst: bool): void {
  let entry = scratchArea + SORTED;
  const steadyEnd = sortEntries(entries, count, entry);
  const end = entry + count * ENTRY_BYTES;
  for (; entry + 4 * ENTRY_BYTES <= steadyEnd; entry += 4 * ENTRY_BYTES) {
    addSteadyEntries(target, entry, isFirst);
    isFirst = false;
  }
  for (; entry + 4 * ENTRY_BYTES <= end; entry += 4 * ENTRY_BYTES) {
    addEntries(target, entry, isFirst);
    isFirst = false;
  }
  if (entry < end) addRest(target, entry, end, steadyEnd === end, isFirst);
}

/** Adds the one to three entries that are left; what is missing is silence. */
function addRest(target: usize, entry: usize, end: usize, isSteady: bool, isFirst: bool): void {
  store<u32>(end, load<u32>(entry));
  store<u64>(end, 0, 4);
  if (entry + 2 * ENTRY_BYTES < end) {
    if (isSteady) addSteadyEntries(target, entry, isFirst);
    else addEntries(target, entry, isFirst);
  } else {
    if (isFirst) clear(target);
    addTwoEntries(target, entry);
  }
}

/** Copies entries, those with steady gains first. Returns where the others begin. */
function sortEntries(from: usize, count: i32, to: usize): usize {
  let back = to + count * ENTRY_BYTES;
  for (const end = from + count * ENTRY_BYTES; from < end; from += ENTRY_BYTES) {
    const isSteady = load<f32>(from, 4) === load<f32>(from, 8);
    let place = to;
    if (isSteady) to += ENTRY_BYTES;
    else place = back -= ENTRY_BYTES;
    store<u64>(place, load<u64>(from));
    store<u32>(place, load<u32>(from, 8), 8);
  }
  return to;
}

function addSteadyEntries(target: usize, entries: usize, isFirst: bool): void {
  const source0 = load<u32>(entries);
  const source1 = load<u32>(entries, ENTRY_BYTES);
  const source2 = load<u32>(entries, 2 * ENTRY_BYTES);
  const source3 = load<u32>(entries, 3 * ENTRY_BYTES);
  const gain0 = load<f32>(entries, 4);
  const gain1 = load<f32>(entries, ENTRY_BYTES + 4);
  const gain2 = load<f32>(entries, 2 * ENTRY_BYTES + 4);
  const gain3 = load<f32>(entries, 3 * ENTRY_BYTES + 4);
  if (isFirst) setFourSteady(target, source0, source1, source2, source3, gain0, gain1, gain2, gain3);
  else addFourSteady(target, source0, source1, source2, source3, gain0, gain1, gain2, gain3);
}

function addEntries(target: usize, entries: usize, isFirst: bool): void {
  const source0 = load<u32>(entries);
  const source1 = load<u32>(entries, ENTRY_BYTES);
  const source2 = load<u32>(entries, 2 * ENTRY_BYTES);
  const source3 = load<u32>(entries, 3 * ENTRY_BYTES);
  const from0 = load<f32>(entries, 4);
  const from1 = load<f32>(entries, ENTRY_BYTES + 4);
  const from2 = load<f32>(entries, 2 * ENTRY_BYTES + 4);
  const from3 = load<f32>(entries, 3 * ENTRY_BYTES + 4);
  const to0 = load<f32>(entries, 8);
  const to1 = load<f32>(entries, ENTRY_BYTES + 8);
  const to2 = load<f32>(entries, 2 * ENTRY_BYTES + 8);
  const to3 = load<f32>(entries, 3 * ENTRY_BYTES + 8);
  if (isFirst) setFour(target, source0, source1, source2, source3, from0, from1, from2, from3, to0, to1, to2, to3);
  else addFour(target, source0, source1, source2, source3, from0, from1, from2, from3, to0, to1, to2, to3);
}

function addTwoEntries(target: usize, entries: usize): void {
  const from0 = load<f32>(entries, 4);
  const from1 = load<f32>(entries, ENTRY_BYTES + 4);
  const to0 = load<f32>(entries, 8);
  const to1 = load<f32>(entries, ENTRY_BYTES + 8);
  addTwo(target, load<u32>(entries), load<u32>(entries, ENTRY_BYTES), from0, from1, to0, to1);
}
