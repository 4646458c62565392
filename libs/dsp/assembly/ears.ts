import { lowpassFeed, lowpassKeep, listenerStatesArea, mixesArea, scratchArea } from './areas';
import { flush } from './flush';
import { BLOCK_BYTES, BUS_BYTES, LISTENER_STATE_BYTES, TAIL_BYTES } from './layout';

// Scratch memory begins with the buses of the listener at work: what each ear hears as it is, and through the lowpass.
export const DIRECT_LEFT: usize = 0;
export const LOW_LEFT: usize = BUS_BYTES;
export const DIRECT_RIGHT: usize = 2 * BUS_BYTES;
export const LOW_RIGHT: usize = 3 * BUS_BYTES;
/** Behind the buses. */
export const AFTER_BUSES: usize = 4 * BUS_BYTES;

// A listener's state: the tails of the four buses, then the lowpasses' last inputs and outputs, then the limiter's gain.
const LEFT_BEFORE: usize = 4 * TAIL_BYTES;
const RIGHT_BEFORE: usize = 4 * TAIL_BYTES + 4;
const LEFT_LOWPASS: usize = 4 * TAIL_BYTES + 8;
const RIGHT_LOWPASS: usize = 4 * TAIL_BYTES + 12;
/** Place of the limiter's gain in a listener's state. */
export const LIMITER_GAIN: usize = 4 * TAIL_BYTES + 16;

export function listenerState(slot: u32): usize {
  return listenerStatesArea + slot * LISTENER_STATE_BYTES;
}

/** Forgets all that a listener has heard. */
export function clearListener(state: usize): void {
  memory.fill(state, 0, LISTENER_STATE_BYTES);
  store<f32>(state, 1, LIMITER_GAIN);
}

/** The buses begin with what is left of the block before. */
export function openBuses(state: usize): void {
  for (let bus: usize = 0; bus < 4; bus++) {
    const to = scratchArea + bus * BUS_BYTES;
    memory.copy(to, state + bus * TAIL_BYTES, TAIL_BYTES);
    memory.fill(to + TAIL_BYTES, 0, BUS_BYTES - TAIL_BYTES);
  }
}

/** Keeps what comes after the block, and puts the mix together. Returns the largest value that is still to come. */
export function closeBuses(state: usize, slot: u32): f32 {
  for (let bus: usize = 0; bus < 4; bus++) {
    memory.copy(state + bus * TAIL_BYTES, scratchArea + bus * BUS_BYTES + BLOCK_BYTES, TAIL_BYTES);
  }
  const mix = mixesArea + slot * (2 * BLOCK_BYTES);
  joinEar(scratchArea + DIRECT_LEFT, mix, state, LEFT_BEFORE, LEFT_LOWPASS);
  joinEar(scratchArea + DIRECT_RIGHT, mix + BLOCK_BYTES, state, RIGHT_BEFORE, RIGHT_LOWPASS);
  return tailPeak(state);
}

function joinEar(buses: usize, mix: usize, state: usize, beforeAt: usize, lowpassAt: usize): void {
  let before = load<f32>(state + beforeAt);
  let lowpass = load<f32>(state + lowpassAt);
  for (let offset: usize = 0; offset < BLOCK_BYTES; offset += 4) {
    const sample = load<f32>(buses + offset, BUS_BYTES);
    lowpass = lowpassFeed * (sample + before) + lowpassKeep * lowpass;
    before = sample;
    store<f32>(mix + offset, load<f32>(buses + offset) + lowpass);
  }
  store<f32>(state + beforeAt, f32x4.extract_lane(flush(f32x4.splat(before)), 0));
  store<f32>(state + lowpassAt, f32x4.extract_lane(flush(f32x4.splat(lowpass)), 0));
}

function tailPeak(state: usize): f32 {
  let peak = f32x4.splat(0);
  for (let offset: usize = 0; offset < LIMITER_GAIN; offset += 16) {
    const value = flush(v128.load(state + offset));
    v128.store(state + offset, value);
    peak = f32x4.pmax(peak, f32x4.abs(value));
  }
  return largest(peak);
}

/** The largest of four lanes. */
export function largest(values: v128): f32 {
  const first = max(f32x4.extract_lane(values, 0), f32x4.extract_lane(values, 1));
  return max(first, max(f32x4.extract_lane(values, 2), f32x4.extract_lane(values, 3)));
}
