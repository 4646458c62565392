import { HALF_TAPS, HISTORY_FRAMES } from './half-band.js';
import { resampleMemory } from './resample-kernels.js';

/** Largest 16-bit sample; the filter leaves samples twice as large as they are. */
const SCALE = 32_767 / 2;

/**
 * Both channels from 48 kHz to 24 kHz, as 16-bit samples, in blocks of always the same length. What comes out is HALF_TAPS
 * output samples (0.67 ms) late. Allocates nothing after it was built.
 */
export class StereoHalver {
  private readonly memory = resampleMemory();
  /** The last samples before the next block, of each channel: those at even places, then those at odd ones. */
  private readonly left = new Float32Array(2 * HISTORY_FRAMES);
  private readonly right = new Float32Array(2 * HISTORY_FRAMES);
  private readonly packed: Int16Array;
  private readonly source: Float32Array;

  /** @param frames  samples per channel of one output block; a multiple of 8, at most RESAMPLE_FRAMES_MAX */
  constructor(private readonly frames: number) {
    this.packed = this.memory.pcm.subarray(0, 2 * frames);
    this.source = this.memory.pairs.floats.subarray(0, 2 * frames);
  }

  /**
   * Turns a block into interleaved 16-bit samples. What the filter makes larger than fits is cut.
   *
   * @param left, right  two samples in [-1, 1] for each output sample
   * @param volume       linear, 1 as it comes
   */
  process(left: Float32Array, right: Float32Array, volume: number, target: Int16Array): void {
    const { memory, frames } = this;
    this.halve(left, this.left, memory.left.at, volume);
    this.halve(right, this.right, memory.right.at, volume);
    memory.kernels.packStereo(memory.left.at, memory.right.at, memory.packed.at, frames);
    target.set(this.packed);
  }

  /** Forgets the stream so far. */
  reset(): void {
    this.left.fill(0);
    this.right.fill(0);
  }

  private halve(channel: Float32Array, history: Float32Array, target: number, volume: number): void {
    const { memory, frames } = this;
    const { kernels, even, odd, pairs, taps } = memory;
    this.source.set(channel);
    for (let index = 0; index < HISTORY_FRAMES; index++) {
      even.floats[index] = history[index];
      odd.floats[index] = history[HISTORY_FRAMES + index];
    }
    kernels.separate(pairs.at, even.at + 4 * HISTORY_FRAMES, odd.at + 4 * HISTORY_FRAMES, frames);
    kernels.sumTaps(odd.at, taps.at, target, frames);
    kernels.addScaled(target, even.at + 4 * HALF_TAPS, SCALE * volume, frames);
    for (let index = 0; index < HISTORY_FRAMES; index++) {
      history[index] = even.floats[frames + index];
      history[HISTORY_FRAMES + index] = odd.floats[frames + index];
    }
  }
}
