import { reverbParametersArea, reverbStatesArea, scratchArea } from './areas';
import { largest } from './lanes';
import {
  BLOCK_BYTES,
  REVERB_DAMPING,
  REVERB_LEVEL,
  REVERB_LINES,
  REVERB_PARAMETER_BYTES,
  REVERB_STATE_BYTES,
  RING_BYTES,
  RING_SHIFT_BYTES,
} from './layout';
import { rampBefore, slopeOf } from './ramp';
import { dampFour, readRing } from './reverb-lines';
import { mixLines } from './reverb-mix';
import { LINES } from './scratch';

// The algorithm of src/mix/reference-reverb.ts. Behind its rings a reverb's state has:
const LOWS: usize = REVERB_LINES * RING_BYTES;
const LAST: usize = LOWS + 32;
const PEAKS: usize = LAST + REVERB_PARAMETER_BYTES;
/** Where to write in the rings, in bytes. */
const POSITION: usize = PEAKS + 16;
const IS_RUNNING: usize = POSITION + 4;
/** Whose reverb it was last: 1 + the listener's slot, 0 for nobody. */
const OWNER: usize = POSITION + 8;

/** Below this a reverb counts as silent. */
const SILENCE: f32 = 1e-6;

/** Lengths of the lines in bytes. */
const delays = memory.data(32);

/** Length of a line, in frames; longer than a block, shorter than a ring. */
export function configureReverbLine(line: i32, frames: i32): void {
  store<i32>(delays + (line << 2), frames << 2);
}

/**
 * Adds a reverb to a mix. It is empty if somebody else had it in between, or if its listener had another one.
 *
 * @param isSame  whether it is the reverb of the listener's last order
 * @returns       the largest value within its lines, 0 when they are empty
 */
export function addReverb(index: u32, slot: u32, isSame: bool, mix: usize, wetFrom: f32, wetTo: f32): f32 {
  const state = reverbStatesArea + index * REVERB_STATE_BYTES;
  const parameters = reverbParametersArea + index * REVERB_PARAMETER_BYTES;
  if (!isSame || load<u32>(state, OWNER) !== slot + 1) clearReverb(state);
  store<u32>(state, slot + 1, OWNER);
  if (!load<i32>(state, IS_RUNNING)) {
    if (isSilent(mix)) return 0;
    memory.copy(state + LAST, parameters, REVERB_PARAMETER_BYTES);
    store<i32>(state, 1, IS_RUNNING);
  }
  runLines(state, parameters, mix);
  memory.copy(state + LAST, parameters, REVERB_PARAMETER_BYTES);
  const peak = tailPeakOf(state);
  // Written so that what is no number counts as too much.
  const isFinite = peak < Infinity;
  if (isFinite) addWet(mix, wetFrom, wetTo);
  if (isFinite && peak >= SILENCE) return peak;
  clearReverb(state);
  return 0;
}

function clearReverb(state: usize): void {
  if (load<i32>(state, IS_RUNNING)) memory.fill(state, 0, REVERB_STATE_BYTES);
}

function isSilent(mix: usize): bool {
  let any = i32x4.splat(0);
  for (const end = mix + 2 * BLOCK_BYTES; mix < end; mix += 16) {
    any = v128.or(any, f32x4.ne(v128.load(mix), f32x4.splat(0)));
  }
  return !v128.any_true(any);
}

/** One block through the lines; what is heard of them lies in scratch memory then, left before right. */
function runLines(state: usize, parameters: usize, mix: usize): void {
  const position = load<u32>(state, POSITION);
  for (let line: usize = 0; line < REVERB_LINES; line++) {
    const back = load<u32>(delays + (line << 2));
    const from = (position + <u32>(line * RING_SHIFT_BYTES) - back) & (<u32>RING_BYTES - 1);
    readRing(state + line * RING_BYTES, from, line);
  }
  const lines = scratchArea + LINES;
  const damping = load<f32>(parameters, REVERB_DAMPING);
  dampFour(lines, state + LOWS, state + LAST, parameters, damping);
  dampFour(lines + 4 * BLOCK_BYTES, state + LOWS + 16, state + LAST + 16, parameters + 16, damping);
  const levelFrom = load<f32>(state, LAST + REVERB_LEVEL);
  const peaks = mixLines(lines, mix, state, position, levelFrom, load<f32>(parameters, REVERB_LEVEL));
  store<u32>(state, (position + <u32>BLOCK_BYTES) & (<u32>RING_BYTES - 1), POSITION);
  // The longest line reaches back into the fourth block.
  const recent = v128.load(state, PEAKS);
  const peak = f32x4.extract_lane(sumOf(peaks), 0) < Infinity ? largest(peaks) : NaN;
  v128.store(state, f32x4.replace_lane(v128.shuffle<f32>(recent, recent, 0, 0, 1, 2), 0, <f32>peak), PEAKS);
}

/** The sum of four lanes, in lane 0. */
function sumOf(values: v128): v128 {
  const pairs = f32x4.add(values, v128.shuffle<f32>(values, values, 2, 3, 0, 1));
  return f32x4.add(pairs, v128.shuffle<f32>(pairs, pairs, 1, 0, 3, 2));
}

/** Largest value of the last four blocks and of the lowpasses; not finite if any of them is not. */
function tailPeakOf(state: usize): f32 {
  const lows = f32x4.max(f32x4.abs(v128.load(state, LOWS)), f32x4.abs(v128.load(state, LOWS + 16)));
  return largest(f32x4.max(lows, v128.load(state, PEAKS)));
}

function addWet(mix: usize, from: f32, to: f32): void {
  const step = f32x4.splat(4 * slopeOf(from, to));
  let wet = rampBefore(from, slopeOf(from, to));
  let heard = scratchArea + LINES;
  const end = mix + BLOCK_BYTES;
  do {
    wet = f32x4.add(wet, step);
    v128.store(mix, f32x4.add(v128.load(mix), f32x4.mul(wet, v128.load(heard))));
    const right = f32x4.mul(wet, v128.load(heard, BLOCK_BYTES));
    v128.store(mix, f32x4.add(v128.load(mix, BLOCK_BYTES), right), BLOCK_BYTES);
    heard += 16;
    mix += 16;
  } while (mix < end);
}
