import { BLOCK_FRAMES } from '@app/world';
import { resonatorCoefficients } from '../hrtf/basis-filters.js';
import { ReferenceLowpass, withoutTraces } from './reference-lowpass.js';

/** Samples beyond ± this, and what is no number, are no sound: they count as 0. */
export const SAMPLE_MAX = 1_024;

/** The filters that make planes 1 to 3 of one source, in 64-bit floats. */
export class ReferenceBasisFilters {
  private readonly lowpass = new ReferenceLowpass();
  private band = 0;
  private low = 0;

  /** Back to silence. */
  reset(): void {
    this.lowpass.reset();
    this.band = this.low = 0;
  }

  /**
   * Filters one block, BLOCK_FRAMES samples everywhere.
   *
   * @param input   plane 0; samples that are no sound are replaced by 0, so that they reach nobody
   * @param planes  planes 1 to 3, written
   */
  process(input: Float32Array, planes: readonly Float64Array[]): void {
    const { a1, a2, a3, bandGain } = resonatorCoefficients();
    for (let frame = 0; frame < BLOCK_FRAMES; frame++) {
      if (!(Math.abs(input[frame]) <= SAMPLE_MAX)) input[frame] = 0;
      const sample = input[frame];
      const high = sample - this.low;
      const band = a1 * this.band + a2 * high;
      const low = this.low + a2 * this.band + a3 * high;
      this.band = 2 * band - this.band;
      this.low = 2 * low - this.low;
      planes[0][frame] = this.lowpass.next(sample);
      planes[1][frame] = bandGain * band;
      planes[2][frame] = low;
    }
    this.lowpass.close();
    this.band = withoutTraces(this.band);
    this.low = withoutTraces(this.low);
  }
}
