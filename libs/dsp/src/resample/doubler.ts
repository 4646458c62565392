import { HALF_TAPS, HISTORY_FRAMES, TAPS } from './half-band.js';

/** Samples that a call takes at most. */
export const DOUBLER_FRAMES_MAX = 240;

/**
 * One stream from 24 kHz to 48 kHz. What comes out is HALF_TAPS input samples (0.67 ms) late. Allocates nothing after it was
 * built.
 */
export class Doubler {
  /** What the filter still needs of the samples before, and the new ones behind it. */
  private readonly line = new Float64Array(HISTORY_FRAMES + DOUBLER_FRAMES_MAX);

  /** Where the next samples are to be written before `process`. Always the same memory. */
  readonly input: Float64Array = this.line.subarray(HISTORY_FRAMES);

  /** Turns the first `frames` samples of `input`, a multiple of 4, into twice as many in `target` from `offset` on. */
  process(frames: number, target: Float32Array, offset: number): void {
    const { line } = this;
    for (let from = 0; from < frames; from += 4) {
      const middle = from + HALF_TAPS;
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      // Four at once, because each tap is read once then.
      for (let tap = 0; tap < HALF_TAPS; tap++) {
        const gain = TAPS[tap];
        const left = middle - tap;
        const right = middle + 1 + tap;
        a += gain * (line[left] + line[right]);
        b += gain * (line[left + 1] + line[right + 1]);
        c += gain * (line[left + 2] + line[right + 2]);
        d += gain * (line[left + 3] + line[right + 3]);
      }
      const to = offset + 2 * from;
      target[to] = line[middle];
      target[to + 1] = a;
      target[to + 2] = line[middle + 1];
      target[to + 3] = b;
      target[to + 4] = line[middle + 2];
      target[to + 5] = c;
      target[to + 6] = line[middle + 3];
      target[to + 7] = d;
    }
    line.copyWithin(0, frames, frames + HISTORY_FRAMES);
  }

  /** Forgets the stream so far. */
  reset(): void {
    this.line.fill(0);
  }
}
