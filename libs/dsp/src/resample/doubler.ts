import { HALF_TAPS, HISTORY_FRAMES } from './half-band.js';
import { resampleMemory } from './resample-kernels.js';

/**
 * One stream from 24 kHz to 48 kHz, in packets of always the same length. What comes out is HALF_TAPS input samples (0.67 ms)
 * late. Allocates nothing after it was built.
 */
export class Doubler {
  private readonly memory = resampleMemory();
  /** What the filter still needs of the samples before, and the new ones behind it. */
  private readonly line: Float32Array;
  private readonly output: Float32Array;

  /** Where the next samples are to be written before `process`. Always the same memory. */
  readonly input: Float32Array;

  /** @param frames  samples of one packet; a multiple of 8, at most RESAMPLE_FRAMES_MAX */
  constructor(private readonly frames: number) {
    this.line = new Float32Array(HISTORY_FRAMES + frames);
    this.input = this.line.subarray(HISTORY_FRAMES);
    this.output = this.memory.pairs.floats.subarray(0, 2 * frames);
  }

  /** Turns `input` into twice as many samples in `target` from `offset` on. */
  process(target: Float32Array, offset: number): void {
    const { memory, line, frames } = this;
    const { kernels, even, left, pairs, taps } = memory;
    even.floats.set(line);
    // Half a sample behind each place; the places themselves stay as they are.
    kernels.sumTaps(even.at + 4, taps.at, left.at, frames);
    kernels.interlace(even.at + 4 * HALF_TAPS, left.at, pairs.at, frames);
    target.set(this.output, offset);
    line.copyWithin(0, frames, frames + HISTORY_FRAMES);
  }

  /** Forgets the stream so far. */
  reset(): void {
    this.line.fill(0);
  }
}
