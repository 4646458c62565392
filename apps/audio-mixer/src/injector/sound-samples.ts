/** Samples at the seam of a loop that are bent so that it does not click: 5 ms. */
const SEAM_FRAMES = 240;
/** Samples on both sides of the seam that say how steep the sound is there. */
const NEIGHBOUR_FRAMES = 64;
/** How many times steeper than its neighbourhood a seam may be before it is a click. */
const STEEPNESS_MAX = 2;
/** Samples at the beginning and at the end of a sound that are faded, because files may begin and end anywhere: 1 ms. */
const EDGE_FRAMES = 48;
const SCALE = 1 / 32_768;

/** A decoded sound, mono at 48 kHz. Any number of sources play it at the same time. */
export class SoundSamples {
  /** Step from the end to the beginning that would be heard as a click in a loop; 0 for none. */
  private readonly seamStep: number;

  constructor(private readonly frames: Int16Array) {
    this.seamStep = seamStepOf(frames);
  }

  /** Samples of one round. */
  get length(): number {
    return this.frames.length;
  }

  /** Memory that it takes. */
  get sizeBytes(): number {
    return this.frames.byteLength;
  }

  /** Whether anything is heard from a place on. */
  isOverAt(place: number, isLoop: boolean): boolean {
    return !isLoop && place >= this.length;
  }

  /**
   * Writes what is heard from a place on, and silence before its beginning and after its end. Allocates nothing.
   *
   * @param target  is filled, in [-1, 1]
   * @param place   sample counted from the beginning of the first round; may be negative
   */
  read(target: Float32Array, place: number, isLoop: boolean): void {
    const { frames } = this;
    const { length } = frames;
    let at = place < 0 ? 0 : isLoop ? place % length : place;
    let isFirstRound = place < length;
    for (let index = 0; index < target.length; index++) {
      if (place + index < 0 || at >= length) {
        target[index] = 0;
        continue;
      }
      let sample = frames[at] * SCALE;
      if (at < SEAM_FRAMES && !isFirstRound) sample += this.seamStep * (1 - at / SEAM_FRAMES);
      if (isFirstRound && at < EDGE_FRAMES) sample *= at / EDGE_FRAMES;
      if (!isLoop && length - at <= EDGE_FRAMES) sample *= (length - at) / EDGE_FRAMES;
      target[index] = sample;
      at++;
      if (isLoop && at === length) {
        at = 0;
        isFirstRound = false;
      }
    }
  }
}

/** How far the beginning lies below the end, if that is more than what the sound does there anyway. In [-2, 2]. */
function seamStepOf(frames: Int16Array): number {
  const { length } = frames;
  if (length < 2 * SEAM_FRAMES) return 0;
  let steepest = 0;
  for (let index = 1; index < NEIGHBOUR_FRAMES; index++) {
    steepest = Math.max(steepest, Math.abs(frames[index] - frames[index - 1]));
    steepest = Math.max(steepest, Math.abs(frames[length - index] - frames[length - index - 1]));
  }
  const step = frames[length - 1] - frames[0];
  return Math.abs(step) > STEEPNESS_MAX * steepest ? step * SCALE : 0;
}
