import { BLOCK_FRAMES } from '@app/world';

/**
 * Samples of the past that are kept in front of each source's block, so that both ears can read it later than it
 * arrived without a delay line for each pair of people. Longer than EAR_DELAY_FRAMES_MAX by at least two samples.
 */
export const HISTORY_FRAMES = 64;

/** Distance between the beginnings of two sources in an engine's memory, in samples. */
export const SOURCE_STRIDE = HISTORY_FRAMES + BLOCK_FRAMES;

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

/** Converts samples in [-1, 1] to 16 bits, rounding and saturating. `to` must be at least as long as `from`. */
export function floatToPcm16(from: Float32Array, to: Int16Array): void {
  for (let index = 0; index < from.length; index++) {
    const value = from[index] * 32_767;
    to[index] = value >= 32_767 ? 32_767 : value <= -32_767 ? -32_767 : Math.round(value);
  }
}

/** Converts planar stereo (left half, then right half) to interleaved 16 bits, rounding and saturating. */
export function planarToPcm16(planar: Float32Array, interleaved: Int16Array): void {
  const frames = planar.length >> 1;
  for (let frame = 0; frame < frames; frame++) {
    // Adding a half and truncating after the shift into the positive numbers rounds without a call.
    const left = planar[frame] * 32_767;
    const right = planar[frame + frames] * 32_767;
    interleaved[2 * frame] = left >= 32_767 ? 32_767 : left <= -32_767 ? -32_767 : ((left + 32_768.5) | 0) - 32_768;
    interleaved[2 * frame + 1] =
      right >= 32_767 ? 32_767 : right <= -32_767 ? -32_767 : ((right + 32_768.5) | 0) - 32_768;
  }
}
