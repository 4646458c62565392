import { BLOCK_FRAMES } from '@app/world';

/** Samples on their way from the decoder to the mix. Fixed memory; what does not fit is refused. */
export class SampleQueue {
  readonly samples: Float32Array;
  /** Where the first waiting sample is. */
  begin = 0;
  count = 0;
  /** The first block, because most of the time there is just one, and a view costs more than the copy. */
  private readonly firstBlock: Float32Array;

  constructor(capacityFrames: number) {
    this.samples = new Float32Array(capacityFrames);
    this.firstBlock = this.samples.subarray(0, BLOCK_FRAMES);
  }

  /** Makes room for `frames` samples behind the waiting ones, moving them if need be; undefined when they cannot fit. */
  reserve(frames: number): number | undefined {
    if (this.count + frames > this.samples.length) return undefined;
    if (this.begin + this.count + frames > this.samples.length) {
      this.samples.copyWithin(0, this.begin, this.begin + this.count);
      this.begin = 0;
    }
    return this.begin + this.count;
  }

  /** Moves up to `target.length` samples into `target` and fills the rest with zeros. Returns how many there were. */
  take(target: Float32Array): number {
    const frames = Math.min(this.count, target.length);
    const { begin } = this;
    target.set(begin === 0 && frames === BLOCK_FRAMES ? this.firstBlock : this.samples.subarray(begin, begin + frames));
    if (frames < target.length) target.fill(0, frames);
    this.drop(frames);
    return frames;
  }

  drop(frames: number): void {
    this.begin += frames;
    this.count -= frames;
    if (this.count === 0) this.begin = 0;
  }

  clear(): void {
    this.begin = 0;
    this.count = 0;
  }
}
