import { scratchArea } from './areas';
import { largest } from './lanes';
import { BLOCK_BYTES } from './layout';
import { NEEDS } from './scratch';

// The algorithm of src/mix/reference-limiter.ts.
const CEILING: f32 = 0.891;
/** Bytes of one step: 48 frames. */
const STEP_BYTES: usize = 192;
const RELEASE_SHARE: f32 = 0.005;

/**
 * Keeps a mix within [-1, 1]; what is no number becomes silence.
 *
 * @param gain  of the limiter at the end of the block before; returns the one at this block's end
 */
export function limit(mix: usize, gain: f32): f32 {
  const needs = scratchArea + NEEDS;
  if (!measure(mix, needs) && gain === 1) return gain;
  for (let offset: usize = 0, need = needs; offset < BLOCK_BYTES; offset += STEP_BYTES, need += 4) {
    const wanted = min(load<f32>(need), load<f32>(need, 4));
    const released = gain + (1 - gain) * RELEASE_SHARE;
    const next = min(wanted, released > 0.9999 ? <f32>1 : released);
    apply(mix + offset, gain, (next - gain) / 48);
    gain = next;
  }
  return gain;
}

/** Writes the gain that each step needs. Returns whether any is below 1, or a sample is no number. */
function measure(mix: usize, needs: usize): bool {
  let isNeeded = false;
  for (let begin: usize = 0; begin < BLOCK_BYTES; begin += STEP_BYTES, needs += 4) {
    let peaks = f32x4.splat(0);
    let sums = peaks;
    let at = mix + begin;
    const end = at + STEP_BYTES;
    do {
      const left = f32x4.abs(v128.load(at));
      const right = f32x4.abs(v128.load(at, BLOCK_BYTES));
      // A comparison overlooks what is no number; a sum does not.
      peaks = f32x4.pmax(f32x4.pmax(peaks, left), right);
      sums = f32x4.add(sums, f32x4.add(left, right));
      at += 16;
    } while (at < end);
    const peak = largest(peaks);
    const need = peak > CEILING ? CEILING / peak : <f32>1;
    store<f32>(needs, need);
    if (need < 1 || v128.any_true(f32x4.ne(sums, sums))) isNeeded = true;
  }
  store<f32>(needs, 1);
  return isNeeded;
}

function apply(begin: usize, gain: f32, slope: f32): void {
  for (let at = begin, end = begin + STEP_BYTES; at < end; at += 4) {
    gain += slope;
    store<f32>(at, bend(load<f32>(at) * gain));
    store<f32>(at, bend(load<f32>(at, BLOCK_BYTES) * gain), BLOCK_BYTES);
  }
}

/** Straight up to the ceiling, then bent so that 1 is never passed. A sample that is no number becomes silence. */
function bend(value: f32): f32 {
  const room: f32 = 1 - CEILING;
  if (abs(value) <= CEILING) return value;
  if (value > 0) return CEILING + room * Mathf.tanh((value - CEILING) / room);
  if (value < 0) return -CEILING - room * Mathf.tanh((-value - CEILING) / room);
  return 0;
}
