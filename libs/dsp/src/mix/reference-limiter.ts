import { BLOCK_FRAMES } from '@app/world';

/** Level above which the limiter turns down, linear: -1 dBFS. */
const CEILING = 0.891;
/** Samples in one step, 1 ms. */
const STEP_FRAMES = 48;
const STEPS = BLOCK_FRAMES / STEP_FRAMES;
/** Share of the way back to unity gain for each step: about 150 ms to recover half. */
const RELEASE_SHARE = 0.005;
/** From here on the way back is over, so that the idle state is reached. */
const RELEASED = 0.9999;

/**
 * Keeps a listener's mix within [-1, 1], in 64-bit floats. Both ears are turned down together, so that the picture stays
 * in place. It adds no delay: it looks 1 ms ahead within a block, and bends what surprises it at a block's beginning.
 *
 * Each step of 1 ms needs a gain: need = min(1, CEILING / peak), peak over both ears. Step s takes the gain in a line
 * from where it was to min(need[s], need[s + 1], released); the step behind the block needs nothing. released is
 * 0.5 % of the way back to 1. Then every sample above the ceiling is bent below 1, and what is no number becomes 0.
 *
 * When the gain is 1, no step needs less, and all samples are numbers, then the mix is passed on bit by bit.
 */
export class ReferenceLimiter {
  /** Gain at the end of the last block; 1 when idle. */
  gain = 1;

  reset(): void {
    this.gain = 1;
  }

  /** @param planar  left in [0, BLOCK_FRAMES), right behind it; changed in place. In [-1, 1] afterwards. */
  process(planar: Float64Array): void {
    const needs = Array.from({ length: STEPS }, (_, step) => needOf(planar, step * STEP_FRAMES));
    needs.push(1);
    for (let step = 0; step < STEPS; step++) {
      const released = this.gain + (1 - this.gain) * RELEASE_SHARE;
      const to = Math.min(needs[step], needs[step + 1], released > RELEASED ? 1 : released);
      apply(planar, step * STEP_FRAMES, this.gain, to);
      this.gain = to;
    }
  }
}

function needOf(planar: Float64Array, begin: number): number {
  let peak = 0;
  for (let frame = begin; frame < begin + STEP_FRAMES; frame++) {
    for (const value of [planar[frame], planar[frame + BLOCK_FRAMES]]) {
      if (Math.abs(value) > peak) peak = Math.abs(value);
    }
  }
  return peak > CEILING ? CEILING / peak : 1;
}

function apply(planar: Float64Array, begin: number, from: number, to: number): void {
  for (let step = 0; step < STEP_FRAMES; step++) {
    const gain = from + ((to - from) * (step + 1)) / STEP_FRAMES;
    for (const index of [begin + step, begin + step + BLOCK_FRAMES]) planar[index] = bend(planar[index] * gain);
  }
}

function bend(value: number): number {
  const size = Math.abs(value);
  if (size <= CEILING) return value;
  const room = 1 - CEILING;
  return Number.isNaN(value) ? 0 : Math.sign(value) * (CEILING + room * Math.tanh((size - CEILING) / room));
}
