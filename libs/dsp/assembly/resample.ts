// Between 24 kHz and 48 kHz: the half-band of src/resample/half-band.ts. Its areas are src/resample/resample-kernels.ts's.

/** Taps on one side. */
const TAPS = 16;

/** Each sample of eight in a row: the sum of all taps times the samples at both sides of the place behind it. */
function sumEight(line: usize, taps: usize, target: usize): void {
  let low = f32x4.splat(0);
  let high = f32x4.splat(0);
  let left = line + (TAPS - 1) * 4;
  let right = line + TAPS * 4;
  const end = taps + TAPS * 4;
  do {
    const gain = v128.load32_splat(taps);
    low = f32x4.add(low, f32x4.mul(gain, f32x4.add(v128.load(left), v128.load(right))));
    high = f32x4.add(high, f32x4.mul(gain, f32x4.add(v128.load(left, 16), v128.load(right, 16))));
    left -= 4;
    right += 4;
    taps += 4;
  } while (taps < end);
  v128.store(target, low);
  v128.store(target, high, 16);
}

/** Sums for `frames` (a multiple of 8) places of a line, which has TAPS samples before and behind them. */
export function sumTaps(line: usize, taps: usize, target: usize, frames: usize): void {
  const end = target + 4 * frames;
  do {
    sumEight(line, taps, target);
    line += 32;
    target += 32;
  } while (target < end);
}

/** Every other sample to each side: `frames` (a multiple of 4) pairs. */
export function separate(pairs: usize, even: usize, odd: usize, frames: usize): void {
  const end = even + 4 * frames;
  do {
    const first = v128.load(pairs);
    const second = v128.load(pairs, 16);
    v128.store(even, v128.shuffle<f32>(first, second, 0, 2, 4, 6));
    v128.store(odd, v128.shuffle<f32>(first, second, 1, 3, 5, 7));
    pairs += 32;
    even += 16;
    odd += 16;
  } while (even < end);
}

/** The way back. */
export function interlace(even: usize, odd: usize, pairs: usize, frames: usize): void {
  const end = even + 4 * frames;
  do {
    const first = v128.load(even);
    const second = v128.load(odd);
    v128.store(pairs, v128.shuffle<f32>(first, second, 0, 4, 1, 5));
    v128.store(pairs, v128.shuffle<f32>(first, second, 2, 6, 3, 7), 16);
    pairs += 32;
    even += 16;
    odd += 16;
  } while (even < end);
}

/** Adds two signals, scales the sum and leaves it in the first one: `frames` (a multiple of 4) samples. */
export function addScaled(to: usize, other: usize, scale: f32, frames: usize): void {
  const gain = f32x4.splat(scale);
  const end = to + 4 * frames;
  do {
    v128.store(to, f32x4.mul(gain, f32x4.add(v128.load(to), v128.load(other))));
    to += 16;
    other += 16;
  } while (to < end);
}

/** Two signals as interleaved 16-bit samples, cut where they are too large: `frames` (a multiple of 4) of each. */
export function packStereo(left: usize, right: usize, pcm: usize, frames: usize): void {
  const end = left + 4 * frames;
  do {
    const wholeLeft = i32x4.trunc_sat_f32x4_s(f32x4.nearest(v128.load(left)));
    const wholeRight = i32x4.trunc_sat_f32x4_s(f32x4.nearest(v128.load(right)));
    const words = i16x8.narrow_i32x4_s(wholeLeft, wholeRight);
    v128.store(pcm, v128.shuffle<i16>(words, words, 0, 4, 1, 5, 2, 6, 3, 7));
    left += 16;
    right += 16;
    pcm += 16;
  } while (left < end);
}
