import { scratchArea } from './areas';
import { BLOCK_BYTES, RING_BYTES } from './layout';
import { rampBefore, slopeOf } from './ramp';
import { LINES } from './scratch';

/** Keeps the energy of eight lines when they are mixed by sums and differences: 1 / sqrt(8). */
const MIX_GAIN: f32 = 0.35355339;
/** Fed to the lines' lowpasses, far below what can be heard, so that no state becomes a denormal number. */
const TRACE: f32 = 1e-20;

/**
 * Reads a block of a delay line's ring into scratch memory.
 *
 * @param from  where to begin, in bytes from the ring's beginning
 */
export function readRing(ring: usize, from: usize, line: usize): void {
  const target = scratchArea + LINES + line * BLOCK_BYTES;
  const first = min(BLOCK_BYTES, RING_BYTES - from);
  memory.copy(target, ring + from, first);
  memory.copy(target + first, ring, BLOCK_BYTES - first);
}

/**
 * Runs what was read from four lines through their lowpasses, which are told in lanes, and weights it with gains that
 * move. Four samples of a first-order filter at once, as in ears.ts; four lines, because each filter waits for itself.
 *
 * @param lows   the states of four lowpasses
 * @param from   four gains at the block's beginning; `to`: at its end
 */
export function dampFour(lines: usize, lows: usize, from: usize, to: usize, damping: f32): void {
  const zero = f32x4.splat(0);
  const trace = f32x4.splat(TRACE);
  const feed = f32x4.splat(1 - damping);
  const keep = f32x4.splat(damping);
  const keep2 = f32x4.splat(damping * damping);
  const three = damping * damping * damping;
  const keep1234 = f32x4.mul(
    keep,
    f32x4.replace_lane(
      f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(1), 1, damping), 2, damping * damping),
      3,
      three,
    ),
  );
  let low0 = v128.load32_splat(lows);
  let low1 = v128.load32_splat(lows, 4);
  let low2 = v128.load32_splat(lows, 8);
  let low3 = v128.load32_splat(lows, 12);
  const end = lines + BLOCK_BYTES;
  do {
    let fed = f32x4.add(trace, f32x4.mul(feed, v128.load(lines)));
    fed = f32x4.add(fed, f32x4.mul(keep, v128.shuffle<f32>(zero, fed, 3, 4, 5, 6)));
    fed = f32x4.add(fed, f32x4.mul(keep2, v128.shuffle<f32>(zero, fed, 2, 3, 4, 5)));
    low0 = f32x4.add(fed, f32x4.mul(keep1234, v128.shuffle<f32>(low0, low0, 3, 3, 3, 3)));
    v128.store(lines, low0);
    fed = f32x4.add(trace, f32x4.mul(feed, v128.load(lines, BLOCK_BYTES)));
    fed = f32x4.add(fed, f32x4.mul(keep, v128.shuffle<f32>(zero, fed, 3, 4, 5, 6)));
    fed = f32x4.add(fed, f32x4.mul(keep2, v128.shuffle<f32>(zero, fed, 2, 3, 4, 5)));
    low1 = f32x4.add(fed, f32x4.mul(keep1234, v128.shuffle<f32>(low1, low1, 3, 3, 3, 3)));
    v128.store(lines, low1, BLOCK_BYTES);
    fed = f32x4.add(trace, f32x4.mul(feed, v128.load(lines, 2 * BLOCK_BYTES)));
    fed = f32x4.add(fed, f32x4.mul(keep, v128.shuffle<f32>(zero, fed, 3, 4, 5, 6)));
    fed = f32x4.add(fed, f32x4.mul(keep2, v128.shuffle<f32>(zero, fed, 2, 3, 4, 5)));
    low2 = f32x4.add(fed, f32x4.mul(keep1234, v128.shuffle<f32>(low2, low2, 3, 3, 3, 3)));
    v128.store(lines, low2, 2 * BLOCK_BYTES);
    fed = f32x4.add(trace, f32x4.mul(feed, v128.load(lines, 3 * BLOCK_BYTES)));
    fed = f32x4.add(fed, f32x4.mul(keep, v128.shuffle<f32>(zero, fed, 3, 4, 5, 6)));
    fed = f32x4.add(fed, f32x4.mul(keep2, v128.shuffle<f32>(zero, fed, 2, 3, 4, 5)));
    low3 = f32x4.add(fed, f32x4.mul(keep1234, v128.shuffle<f32>(low3, low3, 3, 3, 3, 3)));
    v128.store(lines, low3, 3 * BLOCK_BYTES);
    lines += 16;
  } while (lines < end);
  store<f32>(lows, f32x4.extract_lane(low0, 3));
  store<f32>(lows, f32x4.extract_lane(low1, 3), 4);
  store<f32>(lows, f32x4.extract_lane(low2, 3), 8);
  store<f32>(lows, f32x4.extract_lane(low3, 3), 12);
  for (let line: usize = 0; line < 4; line++) {
    const gainFrom = MIX_GAIN * load<f32>(from + 4 * line);
    weight(end - BLOCK_BYTES + line * BLOCK_BYTES, gainFrom, MIX_GAIN * load<f32>(to + 4 * line));
  }
}

function weight(block: usize, from: f32, to: f32): void {
  const step = f32x4.splat(4 * slopeOf(from, to));
  let gain = rampBefore(from, slopeOf(from, to));
  const end = block + BLOCK_BYTES;
  do {
    gain = f32x4.add(gain, step);
    v128.store(block, f32x4.mul(gain, v128.load(block)));
    block += 16;
  } while (block < end);
}
