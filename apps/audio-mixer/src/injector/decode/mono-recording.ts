import { SoundProblem } from './sound-problem.js';

const FRAMES_AT_FIRST = 65_536;
const FULL_SCALE = 32_767;

/** Mono samples of 16 bits as they are decoded, up to a limit. */
export class MonoRecording {
  private frames: Int16Array<ArrayBuffer>;
  private readonly framesMax: number;
  private count = 0;

  /**
   * @param rateHz    of the samples
   * @param secondsMax  beyond, `add` throws `sound-too-long`
   */
  constructor(
    readonly rateHz: number,
    private readonly secondsMax: number,
  ) {
    this.framesMax = Math.ceil(rateHz * secondsMax);
    this.frames = new Int16Array(Math.min(FRAMES_AT_FIRST, this.framesMax));
  }

  /** Samples so far. */
  get length(): number {
    return this.count;
  }

  /** Adds one sample; what is beyond [-1, 1] is cut off, what is no number is silence. */
  add(sample: number): void {
    if (this.count === this.frames.length) this.grow();
    const value = sample > 1 ? FULL_SCALE : sample < -1 ? -FULL_SCALE : Math.round(sample * FULL_SCALE);
    // Storing makes 0 of NaN.
    this.frames[this.count++] = value;
  }

  private grow(): void {
    const { framesMax } = this;
    if (this.count >= framesMax) {
      throw new SoundProblem('sound-too-long', `The sound is longer than ${this.secondsMax} s.`);
    }
    const larger = new Int16Array(Math.min(framesMax, 2 * this.count));
    larger.set(this.frames);
    this.frames = larger;
  }

  /**
   * What was added, without its ends.
   *
   * @param skip   samples left out at the beginning
   * @param count  samples after those, if there are as many
   */
  take(skip = 0, count = Infinity): Int16Array<ArrayBuffer> {
    return this.frames.slice(skip, Math.min(this.count, skip + count));
  }
}
