/** Largest absolute sample below which a block counts as silent: -80 dBFS, below the noise of a quiet microphone. */
export const SILENCE_PEAK = 1e-4;

/** Largest absolute value in `block[from, to)`. NaN counts as infinitely loud, so that nobody takes it for silence. */
export function peakOf(block: Float32Array, from = 0, to = block.length): number {
  let peak = 0;
  for (let index = from; index < to; index++) {
    const value = Math.abs(block[index]);
    if (!(value <= peak)) {
      if (Number.isNaN(value)) return Infinity;
      peak = value;
    }
  }
  return peak;
}

/** Sum of squares in `block[from, to)`. */
export function energyOf(block: Float32Array, from = 0, to = block.length): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += block[index] * block[index];
  return sum;
}
