import { BLOCK_FRAMES } from '@app/world';

/** Level above which the limiter turns down, linear: -1 dBFS. */
const CEILING = 0.891;
/** Samples in one step of the limiter, 1 ms. */
const STEP_FRAMES = 48;
const STEPS = BLOCK_FRAMES / STEP_FRAMES;
/** Share of the way back to unity gain for each step: about 150 ms to recover half. */
const RELEASE_SHARE = 0.005;

/**
 * Keeps a listener's stereo mix within [-1, 1]. Both ears are turned down together, so that the picture stays in place.
 *
 * Adds no delay: within a block it looks one step (1 ms) ahead; what surprises it at the beginning of a block is bent
 * softly instead of cut.
 */
export class Limiter {
  private gain = 1;
  private readonly needs = new Float64Array(STEPS + 1);

  /** Whether the mix is passed on unchanged at the moment. */
  get isIdle(): boolean {
    return this.gain === 1;
  }

  /** Back to unity gain; for a listener that starts anew. */
  reset(): void {
    this.gain = 1;
  }

  /** @param planar  left in [0, BLOCK_FRAMES), right behind it; changed in place. Every sample is in [-1, 1] afterwards. */
  process(planar: Float32Array): void {
    if (!this.measure(planar) && this.gain === 1) return;
    for (let step = 0; step < STEPS; step++) {
      const from = this.gain;
      const wanted = Math.min(this.needs[step], this.needs[step + 1]);
      const released = from + (1 - from) * RELEASE_SHARE;
      // The last hair is closed at once, so that the idle state is reached.
      const to = Math.min(wanted, released > 0.9999 ? 1 : released);
      this.apply(planar, step * STEP_FRAMES, from, to);
      this.gain = to;
    }
  }

  /** Finds the gain that each step needs. Returns whether any is below 1, or a sample is no number. */
  private measure(planar: Float32Array): boolean {
    let isNeeded = false;
    for (let step = 0; step < STEPS; step++) {
      let peak = 0;
      // A comparison overlooks what is no number; a sum does not.
      let sum = 0;
      const begin = step * STEP_FRAMES;
      for (let index = begin; index < begin + STEP_FRAMES; index++) {
        const left = Math.abs(planar[index]);
        const right = Math.abs(planar[index + BLOCK_FRAMES]);
        if (left > peak) peak = left;
        if (right > peak) peak = right;
        sum += left + right;
      }
      const need = peak > CEILING ? CEILING / peak : 1;
      this.needs[step] = need;
      if (need < 1 || Number.isNaN(sum)) isNeeded = true;
    }
    this.needs[STEPS] = 1;
    return isNeeded;
  }

  private apply(planar: Float32Array, begin: number, from: number, to: number): void {
    const slope = (to - from) / STEP_FRAMES;
    let gain = from;
    for (let index = begin; index < begin + STEP_FRAMES; index++) {
      gain += slope;
      planar[index] = bend(planar[index] * gain);
      planar[index + BLOCK_FRAMES] = bend(planar[index + BLOCK_FRAMES] * gain);
    }
  }
}

/** Straight up to the ceiling, then bent so that 1 is never passed. A sample that is no number becomes silence. */
function bend(value: number): number {
  if (value <= CEILING && value >= -CEILING) return value;
  const room = 1 - CEILING;
  if (value > 0) return CEILING + room * Math.tanh((value - CEILING) / room);
  if (value < 0) return -CEILING - room * Math.tanh((-value - CEILING) / room);
  return 0;
}
