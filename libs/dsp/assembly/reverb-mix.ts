import { BLOCK_BYTES, RING_BYTES, RING_SHIFT_BYTES } from './layout';
import { rampBefore, slopeOf } from './ramp';

/**
 * What is heard of eight lines, and what goes back into them: all their sums and differences, and the mix. The lines'
 * blocks are read one behind the other; the first two are replaced by what the left and the right ear hear.
 *
 * @param at  where to write in each ring, in bytes; a whole number of vectors
 * @returns   the largest absolute values written, not finite if any of them is not
 */
export function mixLines(lines: usize, mix: usize, rings: usize, at: usize, from: f32, to: f32): v128 {
  const step = f32x4.splat(4 * slopeOf(from, to));
  let level = rampBefore(from, slopeOf(from, to));
  let peaks = f32x4.splat(0);
  let sums = peaks;
  const end = lines + BLOCK_BYTES;
  do {
    level = f32x4.add(level, step);
    const v0 = v128.load(lines);
    const v1 = v128.load(lines, BLOCK_BYTES);
    const v2 = v128.load(lines, 2 * BLOCK_BYTES);
    const v3 = v128.load(lines, 3 * BLOCK_BYTES);
    const v4 = v128.load(lines, 4 * BLOCK_BYTES);
    const v5 = v128.load(lines, 5 * BLOCK_BYTES);
    const v6 = v128.load(lines, 6 * BLOCK_BYTES);
    const v7 = v128.load(lines, 7 * BLOCK_BYTES);
    const a0 = f32x4.add(v0, v1);
    const a1 = f32x4.sub(v0, v1);
    const a2 = f32x4.add(v2, v3);
    const a3 = f32x4.sub(v2, v3);
    const a4 = f32x4.add(v4, v5);
    const a5 = f32x4.sub(v4, v5);
    const a6 = f32x4.add(v6, v7);
    const a7 = f32x4.sub(v6, v7);
    // Sign patterns that are no rows of the matrix: what an ear hears does not come back as one echo.
    const same = f32x4.add(a0, a7);
    const opposite = f32x4.add(a3, a4);
    v128.store(lines, f32x4.add(same, opposite));
    v128.store(lines, f32x4.sub(same, opposite), BLOCK_BYTES);
    const left = f32x4.mul(level, v128.load(mix));
    const right = f32x4.mul(level, v128.load(mix, BLOCK_BYTES));
    const b0 = f32x4.add(f32x4.add(a0, a2), left);
    const b1 = f32x4.add(f32x4.add(a1, a3), right);
    const b2 = f32x4.add(f32x4.sub(a0, a2), left);
    const b3 = f32x4.add(f32x4.sub(a1, a3), right);
    const b4 = f32x4.add(a4, a6);
    const b5 = f32x4.add(a5, a7);
    const b6 = f32x4.sub(a4, a6);
    const b7 = f32x4.sub(a5, a7);
    const first = f32x4.add(b0, b4);
    const second = f32x4.add(b1, b5);
    peaks = keep(peaks, placeIn(rings, 0, at), first);
    peaks = keep(peaks, placeIn(rings, 1, at), second);
    // A comparison overlooks what is no number; a sum does not, and these two have part in everything.
    sums = f32x4.add(sums, f32x4.add(f32x4.abs(first), f32x4.abs(second)));
    peaks = keep(peaks, placeIn(rings, 2, at), f32x4.add(b2, b6));
    peaks = keep(peaks, placeIn(rings, 3, at), f32x4.add(b3, b7));
    peaks = keep(peaks, placeIn(rings, 4, at), f32x4.sub(b0, b4));
    peaks = keep(peaks, placeIn(rings, 5, at), f32x4.sub(b1, b5));
    peaks = keep(peaks, placeIn(rings, 6, at), f32x4.sub(b2, b6));
    peaks = keep(peaks, placeIn(rings, 7, at), f32x4.sub(b3, b7));
    at = (at + 16) & (RING_BYTES - 1);
    lines += 16;
    mix += 16;
  } while (lines < end);
  return f32x4.add(peaks, f32x4.mul(sums, f32x4.splat(0)));
}

/** Where a ring has a position; see RING_SHIFT_BYTES. */
function placeIn(rings: usize, line: usize, at: usize): usize {
  return rings + line * RING_BYTES + ((at + line * RING_SHIFT_BYTES) & (RING_BYTES - 1));
}

/** Writes a value, and keeps the largest absolute ones. */
function keep(peaks: v128, at: usize, value: v128): v128 {
  v128.store(at, value);
  return f32x4.pmax(peaks, f32x4.abs(value));
}
