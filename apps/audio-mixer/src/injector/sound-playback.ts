import { applyGainRamp } from '@app/dsp';
import { BLOCK_FRAMES } from '@app/world';
import type { SoundSamples } from './sound-samples.js';

/** The beginning of a block that a sound goes on with elsewhere. */
const scratch = new Float32Array(BLOCK_FRAMES);

/**
 * One sound as it is played, block by block. Where it is follows from the time alone. It glides over one block when it begins
 * in its middle, ends before its end, becomes louder or softer, or has to go on elsewhere.
 */
export class SoundPlayback {
  /** Linear, at the end of the last block; 0 while nothing is heard. */
  private gain = 0;
  private nextPlace = 0;
  private wasLoop = false;

  /** Whether the last block held anything. */
  get isHeard(): boolean {
    return this.gain > 0;
  }

  /** Ends at once. */
  cut(): void {
    this.gain = 0;
  }

  /**
   * Fills a block. Returns whether there is anything in it.
   *
   * @param place  of the block's first sample, counted from the sound's beginning; negative when that is still to come
   * @param gain   linear, from the end of this block on; 0 ends it
   */
  pull(block: Float32Array, samples: SoundSamples, place: number, isLoop: boolean, gain: number): boolean {
    const isOver = place + block.length <= 0 || samples.isOverAt(place, isLoop);
    const goal = isOver ? 0 : gain;
    const before = this.gain;
    if (before === 0 && goal === 0) return false;
    const isContinued = place === this.nextPlace && isLoop === this.wasLoop;
    if (before > 0 && !isContinued) this.moveTo(block, samples, place, isLoop, goal);
    else {
      // What begins with its own beginning begins as it is.
      const from = before > 0 || place > 0 ? before : goal;
      samples.read(block, place, isLoop);
      applyGainRamp(block, from, goal);
    }
    this.gain = samples.isOverAt(place + block.length, isLoop) ? 0 : goal;
    this.nextPlace = place + block.length;
    this.wasLoop = isLoop;
    return true;
  }

  /** Fades from where it was to where it should be. */
  private moveTo(block: Float32Array, samples: SoundSamples, place: number, isLoop: boolean, goal: number): void {
    samples.read(block, this.nextPlace, this.wasLoop);
    applyGainRamp(block, this.gain, 0);
    if (goal === 0) return;
    samples.read(scratch, place, isLoop);
    applyGainRamp(scratch, 0, goal);
    for (let index = 0; index < block.length; index++) block[index] += scratch[index];
  }
}
