/** Share of the old level that is left after one block of 20 ms when it gets quieter: falls by about 10 dB in 100 ms. */
const FALL = 0.8;

/** Loudness of a signal: rises at once, falls smoothly. */
export class LevelMeter {
  private meanSquare = 0;

  /** Takes one block into account. A block that is no number counts as silence. */
  process(block: Float32Array): void {
    let sum = 0;
    for (let index = 0; index < block.length; index++) sum += block[index] * block[index];
    const now = sum / block.length;
    this.meanSquare = now > this.meanSquare * FALL ? now : this.meanSquare * FALL;
  }

  /** A block of silence, without looking at it. */
  processSilence(): void {
    this.meanSquare *= FALL;
  }

  /** Root mean square in dB relative to full scale, at least -127. */
  get levelDb(): number {
    return Math.max(-127, 10 * Math.log10(this.meanSquare + 1e-13));
  }
}
