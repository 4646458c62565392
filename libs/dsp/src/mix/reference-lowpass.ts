import { lowpassCoefficients } from '../hrtf/basis-filters.js';

/** States below this are cleared, because denormal numbers are slow. */
const STATE_MIN = 1e-15;

const { feed, keep } = lowpassCoefficients();

/** The shadow of a head, in 64-bit floats: the filter of plane 1, and of what an ear hears through it. */
export class ReferenceLowpass {
  private lastInput = 0;
  private value = 0;

  /** Back to silence. */
  reset(): void {
    this.lastInput = this.value = 0;
  }

  /** Filters one sample. */
  next(sample: number): number {
    this.value = feed * (sample + this.lastInput) + keep * this.value;
    this.lastInput = sample;
    return this.value;
  }

  /** Ends a block: traces are dropped. Returns the largest absolute value of the state, 0 when nothing is to come. */
  close(): number {
    this.lastInput = withoutTraces(this.lastInput);
    this.value = withoutTraces(this.value);
    return Math.max(Math.abs(this.lastInput), Math.abs(this.value));
  }
}

/** A filter's state, or 0 when it is too small to matter or no number. */
export function withoutTraces(state: number): number {
  return Math.abs(state) >= STATE_MIN && Number.isFinite(state) ? state : 0;
}
