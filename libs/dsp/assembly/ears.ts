import { listenerStatesArea, lowpassFeed, lowpassKeep, scratchArea } from './areas';
import { flush, largest } from './lanes';
import { BLOCK_BYTES, BUS_BYTES, LISTENER_STATE_BYTES, TAIL_BYTES } from './layout';
import { LEFT, RIGHT } from './scratch';

// A listener's state: the tails of the four buses, the lowpasses' last inputs and outputs in the last lanes of vectors
// (left input and output, right input and output), then what the limiter takes away and which reverb was used last. All of
// it is 0 for somebody who has heard nothing.
const LOWPASSES: usize = 4 * TAIL_BYTES;
/** Place of 1 - the limiter's gain in a listener's state. */
export const LIMITED: usize = LOWPASSES + 64;
/** Place of 1 + the reverb of the last order. */
export const LAST_REVERB: usize = LOWPASSES + 68;

/** Address of a listener's state. */
export function listenerState(slot: u32): usize {
  return listenerStatesArea + slot * LISTENER_STATE_BYTES;
}

/** Forgets all that a listener has heard. */
export function clearListener(state: usize): void {
  memory.fill(state, 0, LISTENER_STATE_BYTES);
}

/** The buses begin with what is left of the block before. */
export function openBuses(state: usize): void {
  memory.fill(scratchArea, 0, 4 * BUS_BYTES);
  for (let bus: usize = 0; bus < 4; bus++) {
    memory.copy(scratchArea + bus * BUS_BYTES, state + bus * TAIL_BYTES, TAIL_BYTES);
  }
}

/** Keeps what comes after the block, and puts the mix together. Returns the largest value that is still to come. */
export function closeBuses(state: usize, mix: usize): f32 {
  for (let bus: usize = 0; bus < 4; bus++) {
    memory.copy(state + bus * TAIL_BYTES, scratchArea + bus * BUS_BYTES + BLOCK_BYTES, TAIL_BYTES);
  }
  joinBuses(scratchArea + LEFT, scratchArea + RIGHT, mix, state + LOWPASSES);
  return tailPeak(state);
}

/**
 * Adds what each ear hears through the lowpass to what it hears as it is. Four samples of a first-order filter at once:
 * each is a sum of its own input, of the three before it, and of the last output, with powers of `keep`.
 */
function joinBuses(left: usize, right: usize, mix: usize, state: usize): void {
  const zero = f32x4.splat(0);
  const feed = f32x4.splat(lowpassFeed);
  const keep = f32x4.splat(lowpassKeep);
  const keep2 = f32x4.mul(keep, keep);
  const keep1234 = powersOf(lowpassKeep);
  let leftIn = v128.load(state);
  let leftOut = v128.load(state, 16);
  let rightIn = v128.load(state, 32);
  let rightOut = v128.load(state, 48);
  const end = mix + BLOCK_BYTES;
  do {
    let sample = v128.load(left, BUS_BYTES);
    let fed = f32x4.mul(feed, f32x4.add(sample, v128.shuffle<f32>(leftIn, sample, 3, 4, 5, 6)));
    leftIn = sample;
    fed = f32x4.add(fed, f32x4.mul(keep, v128.shuffle<f32>(zero, fed, 3, 4, 5, 6)));
    fed = f32x4.add(fed, f32x4.mul(keep2, v128.shuffle<f32>(zero, fed, 2, 3, 4, 5)));
    leftOut = f32x4.add(fed, f32x4.mul(keep1234, v128.shuffle<f32>(leftOut, leftOut, 3, 3, 3, 3)));
    v128.store(mix, f32x4.add(v128.load(left), leftOut));
    sample = v128.load(right, BUS_BYTES);
    fed = f32x4.mul(feed, f32x4.add(sample, v128.shuffle<f32>(rightIn, sample, 3, 4, 5, 6)));
    rightIn = sample;
    fed = f32x4.add(fed, f32x4.mul(keep, v128.shuffle<f32>(zero, fed, 3, 4, 5, 6)));
    fed = f32x4.add(fed, f32x4.mul(keep2, v128.shuffle<f32>(zero, fed, 2, 3, 4, 5)));
    rightOut = f32x4.add(fed, f32x4.mul(keep1234, v128.shuffle<f32>(rightOut, rightOut, 3, 3, 3, 3)));
    v128.store(mix, f32x4.add(v128.load(right), rightOut), BLOCK_BYTES);
    left += 16;
    right += 16;
    mix += 16;
  } while (mix < end);
  v128.store(state, lastOf(leftIn));
  v128.store(state, lastOf(leftOut), 16);
  v128.store(state, lastOf(rightIn), 32);
  v128.store(state, lastOf(rightOut), 48);
}

/** The first to fourth power of a number. */
function powersOf(base: f32): v128 {
  const two = base * base;
  const powers = f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(base), 1, two), 2, two * base);
  return f32x4.replace_lane(powers, 3, two * two);
}

/** Only the last lane goes on into the next block. */
function lastOf(value: v128): v128 {
  return v128.and(value, i32x4(0, 0, 0, -1));
}

/** Clears what is no number or too small to hear in tails and filters. */
function tailPeak(state: usize): f32 {
  let peak = f32x4.splat(0);
  const end = state + LIMITED;
  do {
    const value = flush(v128.load(state));
    v128.store(state, value);
    peak = f32x4.pmax(peak, f32x4.abs(value));
    state += 16;
  } while (state < end);
  return largest(peak);
}
