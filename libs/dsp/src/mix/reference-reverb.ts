import { BLOCK_FRAMES } from '@app/world';
import { REVERB_LINES, REVERB_PARAMETER_WORDS, REVERB_RING_FRAMES } from './mix-memory.js';
import { REVERB_DELAYS, REVERB_PARAMETER } from './reverb-parameters.js';

/** Below this a reverb counts as silent and is cleared: even eight lines together stay under half a 16-bit step. */
export const REVERB_SILENCE = 1e-6;

/** Keeps the energy of eight lines when they are mixed by sums and differences. */
const MIX_GAIN = 1 / Math.sqrt(REVERB_LINES);
const RING_MASK = REVERB_RING_FRAMES - 1;
/** Blocks that the longest line reaches back. */
const PEAK_BLOCKS = Math.ceil(Math.max(...REVERB_DELAYS) / BLOCK_FRAMES);

/**
 * A feedback delay network (J. Stautner and M. Puckette; the gains after J.-M. Jot): eight delay lines, each with a gain
 * and a lowpass, whose outputs are mixed by a Hadamard matrix and fed back.
 *
 * For each frame n of a block, with the ring's write position w (which goes on from block to block, from 0):
 *
 *     ramp(n)   = from + (to - from) · n / BLOCK_FRAMES        `to`: this block's parameters, `from`: the last block's
 *     y_i       = ring_i[(w + n - REVERB_DELAYS[i]) mod REVERB_RING_FRAMES]
 *     z_i       = z_i + (1 - damping) · (y_i - z_i)            damping is this block's, it does not ramp: z is continuous
 *     v_i       = gain_i(n) / sqrt(8) · z_i                    gain_i ramps
 *     A         = v0 + v1 + v6 - v7
 *     B         = v2 - v3 + v4 + v5
 *     wetLeft   = A + B,  wetRight = A - B                     two sign patterns at right angles: the ears do not correlate
 *     h         = hadamard(v):  h_i = Σ_j (-1)^popcount(i & j) · v_j      three stages of sums and differences
 *     ring_i[(w + n) mod REVERB_RING_FRAMES] = level(n) · x(n) + h_i      x: left ear for even i, right ear for odd i
 *     x(n)     += wet(n) · wetLeft or wetRight
 *
 * Before: a reverb that is clear (all zero) takes this block's parameters as `from`, too, so it starts without a ramp;
 * and when it is clear and all of x is 0, nothing happens at all (and `from` stays unset).
 *
 * After: the block's peak is the largest |ring sample written| in it; the reverb's peak is the largest of the last four
 * blocks' peaks (the longest line reaches no further back) and of all |z_i|. If that is below REVERB_SILENCE, or any
 * number written or any z_i is not finite, then everything is cleared: rings, z, peaks, `from`. (w may stay as it is.)
 * If something was not finite, the block's wet part is left out as well.
 *
 * The sign patterns of the ears are no rows of the matrix, so that what an ear hears does not come back as one echo.
 */
export class ReferenceReverb {
  private readonly rings = Array.from({ length: REVERB_LINES }, () => new Float64Array(REVERB_RING_FRAMES));
  private readonly lows = new Float64Array(REVERB_LINES);
  private readonly last = new Float64Array(REVERB_PARAMETER_WORDS);
  private readonly peaks = new Float64Array(PEAK_BLOCKS);
  private readonly lines = new Float64Array(REVERB_LINES);
  private readonly wet = new Float64Array(2 * BLOCK_FRAMES);
  private isClear = true;
  private position = 0;

  /** Largest absolute value within the lines, 0 when they are empty. */
  get tailPeak(): number {
    return this.isClear ? 0 : Math.max(...this.peaks, ...this.lows.map(Math.abs));
  }

  /** Empties the lines. */
  reset(): void {
    for (const ring of this.rings) ring.fill(0);
    this.lows.fill(0);
    this.peaks.fill(0);
    this.isClear = true;
  }

  /**
   * Adds its reverb to a stereo block.
   *
   * @param planar      left in [0, BLOCK_FRAMES), right behind it; changed in place
   * @param parameters  REVERB_PARAMETER_WORDS numbers as in REVERB_PARAMETER
   * @param wetFrom     linear level of the reverb at the block's beginning
   * @param wetTo       and at its end
   */
  process(planar: Float64Array, parameters: ArrayLike<number>, wetFrom: number, wetTo: number): void {
    if (this.isClear) {
      if (planar.every((value) => value === 0)) return;
      this.last.set(parameters);
      this.isClear = false;
    }
    const isFinite = this.run(planar, parameters);
    this.last.set(parameters);
    if (!isFinite) return this.reset();
    for (let frame = 0; frame < BLOCK_FRAMES; frame++) {
      const level = ramp(wetFrom, wetTo, frame);
      planar[frame] += level * this.wet[frame];
      planar[frame + BLOCK_FRAMES] += level * this.wet[frame + BLOCK_FRAMES];
    }
    if (this.tailPeak < REVERB_SILENCE) this.reset();
  }

  /** Lets one block run through the lines. Returns whether all numbers stayed finite. */
  private run(planar: Float64Array, parameters: ArrayLike<number>): boolean {
    this.peaks.copyWithin(1, 0);
    this.peaks[0] = 0;
    let sum = 0;
    for (let frame = 0; frame < BLOCK_FRAMES; frame++) {
      this.readLines(frame, parameters);
      this.listen(frame);
      hadamard(this.lines);
      sum += this.writeLines(frame, planar, parameters);
    }
    this.position = (this.position + BLOCK_FRAMES) & RING_MASK;
    return Number.isFinite(sum) && this.lows.every(Number.isFinite);
  }

  private readLines(frame: number, parameters: ArrayLike<number>): void {
    const damping = parameters[REVERB_PARAMETER.damping];
    for (let line = 0; line < REVERB_LINES; line++) {
      const sample = this.rings[line][(this.position + frame - REVERB_DELAYS[line]) & RING_MASK];
      this.lows[line] += (1 - damping) * (sample - this.lows[line]);
      this.lines[line] = this.parameter(REVERB_PARAMETER.gains + line, frame, parameters) * MIX_GAIN * this.lows[line];
    }
  }

  private listen(frame: number): void {
    const v = this.lines;
    const same = v[0] + v[1] + v[6] - v[7];
    const opposite = v[2] - v[3] + v[4] + v[5];
    this.wet[frame] = same + opposite;
    this.wet[frame + BLOCK_FRAMES] = same - opposite;
  }

  /** Returns the sum of the absolute values written; a comparison would overlook what is no number, a sum does not. */
  private writeLines(frame: number, planar: Float64Array, parameters: ArrayLike<number>): number {
    const level = this.parameter(REVERB_PARAMETER.level, frame, parameters);
    const ears = [level * planar[frame], level * planar[frame + BLOCK_FRAMES]];
    const place = (this.position + frame) & RING_MASK;
    const { rings, lines } = this;
    let sum = 0;
    let peak = this.peaks[0];
    for (let line = 0; line < lines.length; line++) {
      const value = ears[line & 1] + lines[line];
      rings[line][place] = value;
      const size = Math.abs(value);
      if (size > peak) peak = size;
      sum += size;
    }
    this.peaks[0] = peak;
    return sum;
  }

  private parameter(index: number, frame: number, parameters: ArrayLike<number>): number {
    return ramp(this.last[index], parameters[index], frame);
  }
}

function ramp(from: number, to: number, frame: number): number {
  return from + ((to - from) * frame) / BLOCK_FRAMES;
}

/** Replaces eight numbers by all their sums and differences, in the natural (Hadamard) order. */
function hadamard(values: Float64Array): void {
  for (let distance = 1; distance < values.length; distance *= 2) {
    for (let index = 0; index < values.length; index++) {
      if (index & distance) continue;
      const first = values[index];
      const second = values[index + distance];
      values[index] = first + second;
      values[index + distance] = first - second;
    }
  }
}
