import { BLOCK_FRAMES } from '@app/world';
import { ShadowLowpass } from '../head-shadow.js';
import { withoutTraces } from './reference-basis-filters.js';
import { ReferenceBus } from './reference-bus.js';

/** One ear of one listener: what it hears as it is, and what it hears through the head's lowpass. */
export class ReferenceEar {
  readonly direct = new ReferenceBus();
  /** The filter of plane 1, run once on everything that is to go through it. */
  readonly low = new ReferenceBus();
  private lastInput = 0;
  private lowpass = 0;

  /** Forgets all it has heard. */
  reset(): void {
    this.direct.reset();
    this.low.reset();
    this.lastInput = this.lowpass = 0;
  }

  open(): void {
    this.direct.open();
    this.low.open();
  }

  /**
   * Ends the block.
   *
   * @param out  BLOCK_FRAMES samples, written: direct + lowpass(low)
   * @returns the largest absolute value that is still to come: tails and the lowpass's state, 0 when there is nothing
   */
  close(out: Float64Array): number {
    const { feed, keep } = ShadowLowpass;
    for (let frame = 0; frame < BLOCK_FRAMES; frame++) {
      const sample = this.low.samples[frame];
      this.lowpass = feed * (sample + this.lastInput) + keep * this.lowpass;
      this.lastInput = sample;
      out[frame] = this.direct.samples[frame] + this.lowpass;
    }
    this.lastInput = withoutTraces(this.lastInput);
    this.lowpass = withoutTraces(this.lowpass);
    return Math.max(this.direct.close(), this.low.close(), Math.abs(this.lastInput), Math.abs(this.lowpass));
  }
}
