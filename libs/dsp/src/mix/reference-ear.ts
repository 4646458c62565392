import { BLOCK_FRAMES } from '@app/world';
import { ReferenceBus } from './reference-bus.js';
import { ReferenceLowpass } from './reference-lowpass.js';

/** One ear of one listener: what it hears as it is, and what it hears through the head's lowpass. */
export class ReferenceEar {
  readonly direct = new ReferenceBus();
  /** The filter of plane 1, run once on everything that is to go through it. */
  readonly low = new ReferenceBus();
  private readonly lowpass = new ReferenceLowpass();

  /** Forgets all it has heard. */
  reset(): void {
    this.direct.reset();
    this.low.reset();
    this.lowpass.reset();
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
    for (let frame = 0; frame < BLOCK_FRAMES; frame++) {
      out[frame] = this.direct.samples[frame] + this.lowpass.next(this.low.samples[frame]);
    }
    return Math.max(this.direct.close(), this.low.close(), this.lowpass.close());
  }
}
