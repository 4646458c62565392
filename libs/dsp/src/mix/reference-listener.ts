import { BLOCK_FRAMES } from '@app/world';
import { ReferenceEar } from './reference-ear.js';
import { ReferenceLimiter } from './reference-limiter.js';

/** No reverb. */
export const NO_REVERB = -1;

/** What a renderer knows of one listener between blocks. */
export class ReferenceListener {
  readonly left = new ReferenceEar();
  readonly right = new ReferenceEar();
  readonly limiter = new ReferenceLimiter();
  /** Left in [0, BLOCK_FRAMES), right behind it. */
  readonly mix = new Float64Array(2 * BLOCK_FRAMES);
  /** Slot of the reverb in its last order. */
  reverb = NO_REVERB;

  reset(): void {
    this.left.reset();
    this.right.reset();
    this.limiter.reset();
    this.reverb = NO_REVERB;
  }

  open(): void {
    this.left.open();
    this.right.open();
  }

  /** Puts the mix together. Returns the largest absolute value that the ears have still to come. */
  close(): number {
    const left = this.left.close(this.mix.subarray(0, BLOCK_FRAMES));
    return Math.max(left, this.right.close(this.mix.subarray(BLOCK_FRAMES)));
  }
}
