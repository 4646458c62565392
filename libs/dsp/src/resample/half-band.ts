/**
 * The filter between 24 kHz and 48 kHz: a windowed half-band of 63 taps (Kaiser, 70 dB), flat up to 10.3 kHz, and at least
 * 65 dB down from 13.7 kHz on. Half of its taps are zero, and the others are alike on both sides.
 */

/** Taps on one side that are not zero. libs/dsp/assembly/resample.ts knows it, too. */
export const HALF_TAPS = 16;
/** Samples at 24 kHz that the filter looks at. */
export const HISTORY_FRAMES = 2 * HALF_TAPS;
const KAISER_BETA = 6.76;

/** Taps from the middle outwards, at distances of 1, 3, 5 ... half-samples. Both sides together have the sum 1. */
export function designTaps(): Float32Array {
  const taps = new Float64Array(HALF_TAPS);
  let sum = 0;
  for (let index = 0; index < HALF_TAPS; index++) {
    const distance = 2 * index + 1;
    const place = distance / (2 * HALF_TAPS);
    const window = bessel(KAISER_BETA * Math.sqrt(1 - place * place)) / bessel(KAISER_BETA);
    taps[index] = (Math.sin((Math.PI * distance) / 2) / ((Math.PI * distance) / 2)) * window;
    sum += 2 * taps[index];
  }
  return Float32Array.from(taps, (tap) => tap / sum);
}

/** Modified Bessel function of the first kind, order 0. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 40; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
