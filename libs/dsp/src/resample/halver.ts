import { HALF_TAPS, HISTORY_FRAMES, TAPS } from './half-band.js';

const PCM_SCALE = 32_767;

/**
 * One channel from 48 kHz to 24 kHz, in blocks of always the same length. What comes out is HALF_TAPS output samples
 * (0.67 ms) late. Allocates nothing after it was built.
 */
export class Halver {
  // Every other sample, because the filter uses one at most of those in the first list for each that it makes.
  private readonly even: Float64Array;
  private readonly odd: Float64Array;

  /** @param frames  samples of one output block; a multiple of 4 */
  constructor(private readonly frames: number) {
    this.even = new Float64Array(HISTORY_FRAMES + frames);
    this.odd = new Float64Array(HISTORY_FRAMES + frames);
  }

  /**
   * Turns a block into 16-bit samples; what the filter makes larger than fits is cut.
   *
   * @param source  two samples in [-1, 1] for each output sample, from `offset` on
   * @param target  16-bit samples, of which every second one is written, from `first` on
   */
  process(source: Float32Array, offset: number, target: Int16Array, first: number): void {
    const { even, odd, frames } = this;
    for (let index = 0; index < frames; index++) {
      even[HISTORY_FRAMES + index] = source[offset + 2 * index];
      odd[HISTORY_FRAMES + index] = source[offset + 2 * index + 1];
    }
    for (let from = 0; from < frames; from += 4) {
      const middle = from + HALF_TAPS;
      let a = even[middle];
      let b = even[middle + 1];
      let c = even[middle + 2];
      let d = even[middle + 3];
      for (let tap = 0; tap < HALF_TAPS; tap++) {
        const gain = TAPS[tap];
        const left = middle - 1 - tap;
        const right = middle + tap;
        a += gain * (odd[left] + odd[right]);
        b += gain * (odd[left + 1] + odd[right + 1]);
        c += gain * (odd[left + 2] + odd[right + 2]);
        d += gain * (odd[left + 3] + odd[right + 3]);
      }
      const to = first + 2 * from;
      target[to] = toPcm(a);
      target[to + 2] = toPcm(b);
      target[to + 4] = toPcm(c);
      target[to + 6] = toPcm(d);
    }
    even.copyWithin(0, frames, frames + HISTORY_FRAMES);
    odd.copyWithin(0, frames, frames + HISTORY_FRAMES);
  }

  /** Forgets the stream so far. */
  reset(): void {
    this.even.fill(0);
    this.odd.fill(0);
  }
}

/** @param doubled  a sample twice as large as it is, as the filter leaves it */
function toPcm(doubled: number): number {
  const value = Math.round(doubled * (PCM_SCALE / 2));
  return value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value;
}
