import { BLOCK_FRAMES } from '@app/world';
import { ShadowLowpass } from '../head-shadow.js';
import { resonatorCoefficients } from '../hrtf/basis-filters.js';

/** Samples beyond ± this, and what is no number, are no sound: they count as 0. */
export const SAMPLE_MAX = 1_024;

/** States below this are cleared, because denormal numbers are slow. */
export const STATE_MIN = 1e-15;

/** The filters that make planes 1 to 3 of one source, in 64-bit floats. */
export class ReferenceBasisFilters {
  private lastInput = 0;
  private lowpass = 0;
  private band = 0;
  private low = 0;

  /** Back to silence. */
  reset(): void {
    this.lastInput = this.lowpass = this.band = this.low = 0;
  }

  /**
   * Filters one block, BLOCK_FRAMES samples everywhere.
   *
   * @param input   plane 0; samples that are no sound are replaced by 0, so that they reach nobody
   * @param planes  planes 1 to 3, written
   */
  process(input: Float32Array, planes: readonly Float64Array[]): void {
    const { feed, keep } = ShadowLowpass;
    const { a1, a2, a3, bandGain } = resonatorCoefficients();
    for (let frame = 0; frame < BLOCK_FRAMES; frame++) {
      if (!(Math.abs(input[frame]) <= SAMPLE_MAX)) input[frame] = 0;
      const sample = input[frame];
      this.lowpass = feed * (sample + this.lastInput) + keep * this.lowpass;
      this.lastInput = sample;
      const high = sample - this.low;
      const band = a1 * this.band + a2 * high;
      const low = this.low + a2 * this.band + a3 * high;
      this.band = 2 * band - this.band;
      this.low = 2 * low - this.low;
      planes[0][frame] = this.lowpass;
      planes[1][frame] = bandGain * band;
      planes[2][frame] = low;
    }
    this.lowpass = withoutTraces(this.lowpass);
    this.band = withoutTraces(this.band);
    this.low = withoutTraces(this.low);
  }
}

/** A filter's state, or 0 when it is too small to matter or no number. */
export function withoutTraces(state: number): number {
  return Math.abs(state) >= STATE_MIN && Number.isFinite(state) ? state : 0;
}
