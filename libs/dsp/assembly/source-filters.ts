import {
  lowpassFeed,
  lowpassKeep,
  planArea,
  resonatorA1,
  resonatorA2,
  resonatorA3,
  resonatorBandGain,
  scratchArea,
  sourcesArea,
  sourceStatesArea,
} from './areas';
import { flush } from './lanes';
import { deinterleave, interleave } from './interleave';
import { BLOCK_BYTES, FILTER_BYTES, SOURCE_STATE_BYTES } from './layout';

/** Samples beyond this are no sound. */
const SAMPLE_MAX: f32 = 1_024;

/** Bytes of 64 frames: what is filtered at once stays in the nearest cache, with all that comes of it. */
const STRETCH_BYTES: usize = 256;

// Scratch memory: a stretch of four signals side by side, its three outputs, and the states of the filters.
const FOUR_BYTES: usize = 4 * STRETCH_BYTES;
const LOWPASS: usize = FOUR_BYTES;
const BAND: usize = 2 * FOUR_BYTES;
const LOW: usize = 3 * FOUR_BYTES;
const STATES: usize = 4 * FOUR_BYTES;

/**
 * Makes planes 1 to 3 of `count` sources, four sources at once: a recursive filter waits for its own result, so that a
 * source alone would leave the processor idle most of the time. The last four may be one source several times.
 */
export function filterSources(count: i32): void {
  for (let first = 0; first < count; first += 4) {
    const source0 = takeOrder(first);
    const source1 = takeOrder(min(first + 1, count - 1));
    const source2 = takeOrder(min(first + 2, count - 1));
    const source3 = takeOrder(min(first + 3, count - 1));
    filterFour(source0, source1, source2, source3);
  }
}

/** Clears the filters of a source that starts. Returns the source. */
function takeOrder(index: i32): u32 {
  const order = planArea + index * FILTER_BYTES;
  const source = load<u32>(order);
  if (load<i32>(order, 4)) memory.fill(stateOf(source), 0, SOURCE_STATE_BYTES);
  return source;
}

function stateOf(source: u32): usize {
  return sourceStatesArea + source * SOURCE_STATE_BYTES;
}

function planesOf(source: u32): usize {
  return sourcesArea + source * (4 * BLOCK_BYTES);
}

function filterFour(source0: u32, source1: u32, source2: u32, source3: u32): void {
  const scratch = scratchArea;
  const states = scratch + STATES;
  interleave(stateOf(source0), stateOf(source1), stateOf(source2), stateOf(source3), states, 16);
  let planes0 = planesOf(source0);
  let planes1 = planesOf(source1);
  let planes2 = planesOf(source2);
  let planes3 = planesOf(source3);
  const end = planes0 + BLOCK_BYTES;
  while (planes0 < end) {
    interleave(planes0, planes1, planes2, planes3, scratch, STRETCH_BYTES);
    if (hasNoSound(scratch)) {
      // What is no sound counts as silence, in plane 0 as well, which everybody hears.
      deinterleave(scratch, planes0, planes1, planes2, planes3, STRETCH_BYTES);
    }
    filterStretch(scratch, states);
    for (let plane: usize = 1; plane < 4; plane++) {
      const by = plane * BLOCK_BYTES;
      const from = scratch + plane * FOUR_BYTES;
      deinterleave(from, planes0 + by, planes1 + by, planes2 + by, planes3 + by, STRETCH_BYTES);
    }
    planes0 += STRETCH_BYTES;
    planes1 += STRETCH_BYTES;
    planes2 += STRETCH_BYTES;
    planes3 += STRETCH_BYTES;
  }
  deinterleave(states, stateOf(source0), stateOf(source1), stateOf(source2), stateOf(source3), 16);
}

/** Replaces samples that are too large or no numbers by 0. Returns whether there were any. */
function hasNoSound(signals: usize): bool {
  let isGood = i32x4.splat(-1);
  const end = signals + FOUR_BYTES;
  do {
    const value = v128.load(signals);
    const isSound = f32x4.le(f32x4.abs(value), f32x4.splat(SAMPLE_MAX));
    isGood = v128.and(isGood, isSound);
    v128.store(signals, v128.and(value, isSound));
    signals += 16;
  } while (signals < end);
  return !i32x4.all_true(isGood);
}

/**
 * One stretch through the head's lowpass and the resonator of four sources. The resonator's equations are solved for its
 * next state, because then each sample waits for two products and sums instead of four.
 */
function filterStretch(signals: usize, states: usize): void {
  const feed = f32x4.splat(lowpassFeed);
  const keep = f32x4.splat(lowpassKeep);
  const bandKeep = f32x4.splat(2 * resonatorA1 - 1);
  const cross = f32x4.splat(2 * resonatorA2);
  const lowKeep = f32x4.splat(1 - 2 * resonatorA3);
  const lowFeed = f32x4.splat(2 * resonatorA3);
  const bandGain = f32x4.splat(0.5 * resonatorBandGain);
  const lowGain = f32x4.splat(0.5);
  let before = v128.load(states);
  let lowpass = v128.load(states, 16);
  let band = v128.load(states, 32);
  let low = v128.load(states, 48);
  const end = signals + FOUR_BYTES;
  do {
    const sample = v128.load(signals);
    lowpass = f32x4.add(f32x4.mul(feed, f32x4.add(sample, before)), f32x4.mul(keep, lowpass));
    before = sample;
    const bandNext = f32x4.add(f32x4.mul(bandKeep, band), f32x4.mul(cross, f32x4.sub(sample, low)));
    const lowIn = f32x4.add(f32x4.mul(lowFeed, sample), f32x4.mul(cross, band));
    const lowNext = f32x4.add(f32x4.mul(lowKeep, low), lowIn);
    v128.store(signals, lowpass, LOWPASS);
    v128.store(signals, f32x4.mul(bandGain, f32x4.add(band, bandNext)), BAND);
    v128.store(signals, f32x4.mul(lowGain, f32x4.add(low, lowNext)), LOW);
    band = bandNext;
    low = lowNext;
    signals += 16;
  } while (signals < end);
  v128.store(states, flush(before));
  v128.store(states, flush(lowpass), 16);
  v128.store(states, flush(band), 32);
  v128.store(states, flush(low), 48);
}
