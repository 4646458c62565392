/** Samples that are remembered: 20 ms at 24 kHz. */
const HISTORY_FRAMES = 480;
/** Periods that are looked for: 400 Hz to 100 Hz at 24 kHz. */
const PERIOD_FRAMES_MIN = 60;
const PERIOD_FRAMES_MAX = 240;
/** Samples over which invented and real ones go over into each other. */
const FADE_FRAMES = 48;
/** Every so many samples are compared to find the period. */
const LOOK_STEP = 2;

/**
 * Fills holes in a stream of samples at 24 kHz with the last period of the voice, again and again, and makes both ends of
 * the hole smooth. That it fades is its user's doing. Allocates nothing after it was built.
 */
export class SampleRepeater {
  private readonly history = new Float32Array(HISTORY_FRAMES);
  /** Length of what is repeated, 0 outside of holes; and how much of it has been used this time. */
  private period = 0;
  private used = 0;
  /** By how much its beginning misses its end. */
  private step = 0;

  /** Real samples: the first `frames` of the block. Behind a hole their beginning is changed. At most HISTORY_FRAMES. */
  join(block: Float32Array, frames: number): void {
    if (this.period > 0) {
      for (let index = 0; index < FADE_FRAMES; index++) {
        const share = index / FADE_FRAMES;
        block[index] = block[index] * share + this.nextInvented() * (1 - share);
      }
      this.period = 0;
    }
    this.history.copyWithin(0, frames);
    this.history.set(frames === block.length ? block : block.subarray(0, frames), HISTORY_FRAMES - frames);
  }

  /** Fills the first `frames` of the block with what may have been there. */
  invent(block: Float32Array, frames: number): void {
    if (this.period === 0) this.begin();
    for (let index = 0; index < frames; index++) block[index] = this.nextInvented();
  }

  /** Forgets the stream so far. */
  reset(): void {
    this.history.fill(0);
    this.period = 0;
  }

  private begin(): void {
    this.period = this.findPeriod();
    this.used = 0;
    this.step = this.history[HISTORY_FRAMES - 1] - this.history[HISTORY_FRAMES - 1 - this.period];
  }

  private nextInvented(): number {
    const { used } = this;
    const rest = used < FADE_FRAMES ? 1 - used / FADE_FRAMES : 0;
    this.used = used + 1 === this.period ? 0 : used + 1;
    return this.history[HISTORY_FRAMES - this.period + used] + this.step * rest;
  }

  /** The lag at which the newest samples are most like those before them. */
  private findPeriod(): number {
    const { history } = this;
    const from = HISTORY_FRAMES - PERIOD_FRAMES_MAX;
    let best = PERIOD_FRAMES_MAX;
    let bestLikeness = 0;
    for (let lag = PERIOD_FRAMES_MIN; lag <= PERIOD_FRAMES_MAX; lag++) {
      let product = 0;
      let energy = 1e-9;
      for (let index = from; index < HISTORY_FRAMES; index += LOOK_STEP) {
        product += history[index] * history[index - lag];
        energy += history[index - lag] * history[index - lag];
      }
      const likeness = product > 0 ? (product * product) / energy : 0;
      if (likeness > bestLikeness) {
        bestLikeness = likeness;
        best = lag;
      }
    }
    return best;
  }
}
