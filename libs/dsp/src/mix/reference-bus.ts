import { BLOCK_FRAMES } from '@app/world';
import { TAIL_FRAMES } from './mix-memory.js';
import { withoutTraces } from './reference-lowpass.js';

/** Frames for which the whole part of a delay stays the same, so that kernels can compute them at once. */
const GROUP_FRAMES = 4;

/** What a gain or a delay is in the course of a block: `from` at frame 0, `to` would be at frame BLOCK_FRAMES. */
export function ramp(from: number, to: number, frame: number): number {
  return from + ((to - from) * frame) / BLOCK_FRAMES;
}

/**
 * What one ear hears: sums of signals that arrive later than they were made. What lands behind the end of a block, the
 * tail, is the beginning of the next one.
 */
export class ReferenceBus {
  /** The block, then the tail. */
  readonly samples = new Float64Array(BLOCK_FRAMES + TAIL_FRAMES);

  /** Forgets the tail. */
  reset(): void {
    this.samples.fill(0);
  }

  /** Begins the next block with the tail of the last one. */
  open(): void {
    this.samples.copyWithin(0, BLOCK_FRAMES);
    this.samples.fill(0, TAIL_FRAMES);
  }

  /**
   * Adds a signal, delayed and weighted. Frame n lands between two positions, n + whole and n + whole + 1:
   *
   *     delay(n) = ramp(delayFrom, delayTo, n)
   *     whole    = wholeDelay(m)        m: first frame of n's group of four
   *     share    = delay(n) - whole     may pass 0 or 1 a little within a group; the line goes on
   *     value    = ramp(gainFrom, gainTo, n) · signal[n]
   *     samples[n + whole] += (1 - share) · value,  samples[n + whole + 1] += share · value
   *
   * @param delayFrom  in samples, in [0, EAR_DELAY_MAX], as is `delayTo`
   */
  add(signal: ArrayLike<number>, delayFrom: number, delayTo: number, gainFrom: number, gainTo: number): void {
    if (gainFrom === 0 && gainTo === 0) return;
    const { samples } = this;
    const frames = BLOCK_FRAMES;
    const delaySlope = (delayTo - delayFrom) / frames;
    const gainSlope = (gainTo - gainFrom) / frames;
    for (let group = 0; group < frames; group += GROUP_FRAMES) {
      const whole = wholeDelay(delayFrom, delayTo, group);
      for (let frame = group; frame < group + GROUP_FRAMES; frame++) {
        const share = delayFrom + delaySlope * frame - whole;
        const value = (gainFrom + gainSlope * frame) * signal[frame];
        samples[frame + whole] += (1 - share) * value;
        samples[frame + whole + 1] += share * value;
      }
    }
  }

  /** Ends the block: traces in the tail are dropped. Returns the tail's largest absolute value. */
  close(): number {
    let peak = 0;
    for (let frame = BLOCK_FRAMES; frame < this.samples.length; frame++) {
      this.samples[frame] = withoutTraces(this.samples[frame]);
      peak = Math.max(peak, Math.abs(this.samples[frame]));
    }
    return peak;
  }
}

const { fround } = Math;

/**
 * The whole part of a delay at a frame: the one thing that is computed in 32 bits here, too, step by step as kernels do.
 * Rounding decides on which side of a whole number a delay lies that all but hits it. Both sides are right, but a group
 * that goes on from the other side differs by some thousandths of a sample, which is far more than arithmetic does.
 */
function wholeDelay(from: number, to: number, frame: number): number {
  const slope = fround(fround(to - from) * fround(1 / BLOCK_FRAMES));
  return Math.floor(fround(from + fround(slope * frame)));
}
