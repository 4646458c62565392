import { SAMPLE_RATE_HZ } from '@app/world';
import { HEAD_RADIUS_M, SPEED_OF_SOUND_M_S } from './ear-delay.js';

/** Corner of the head's shadow, in rad/s: about 1.2 kHz. Longer waves bend around the head. */
const CORNER_RAD_S = (2 * SPEED_OF_SOUND_M_S) / HEAD_RADIUS_M;

/** Smallest share of high frequencies that reaches an ear, and where on the sphere: not opposite, but at 150 degrees. */
const SHADOW_MIN = 0.1;
const SHADOW_MIN_ANGLE_RAD = (150 / 180) * Math.PI;

/** Level difference between the ears that does not depend on frequency: linear gain is 1 ± this at the side. */
const BROADBAND_SHARE = 0.25;

/** Frequency at which a plain gain imitates the shadow for far sources, relative to its corner: 1 kHz. */
const FAR_RATIO_SQUARED = ((2 * Math.PI * 1_000) / CORNER_RAD_S) ** 2;

/**
 * Share of high frequencies at an ear, relative to no head at all: 2 towards the source, down to 0.1 behind the head
 * (Brown and Duda's structural model). Low frequencies are not changed.
 *
 * The filter is α + (1 - α) · lowpass, and its lowpass is the same for everybody. So it runs once for each source
 * (ShadowLowpass), and each pair of people needs two gains instead of two filters: `α` for the source as it is, `1 - α`
 * for its lowpass.
 *
 * @param incidenceRad  as in earDelayFrames
 */
export function headShadow(incidenceRad: number): number {
  return 1 + SHADOW_MIN / 2 + (1 - SHADOW_MIN / 2) * Math.cos((incidenceRad / SHADOW_MIN_ANGLE_RAD) * Math.PI);
}

/** Part of the level difference that all frequencies have; both ears together keep their energy. */
export function earLevel(cosIncidence: number): number {
  const tilt = BROADBAND_SHARE * cosIncidence;
  return (1 + tilt) / Math.sqrt(1 + tilt * tilt);
}

/** The one gain that comes closest to the shadow filter for voices: its magnitude at 1 kHz. */
export function farShadowGain(shadow: number): number {
  return Math.sqrt((1 + FAR_RATIO_SQUARED * shadow * shadow) / (1 + FAR_RATIO_SQUARED));
}

/** The shadow's lowpass, first order by bilinear transform. One for each source; keeps its state between blocks. */
export class ShadowLowpass {
  /** value = feed · (sample + sample before) + keep · value before. */
  static readonly feed = CORNER_RAD_S / (2 * SAMPLE_RATE_HZ + CORNER_RAD_S);
  static readonly keep = (2 * SAMPLE_RATE_HZ - CORNER_RAD_S) / (2 * SAMPLE_RATE_HZ + CORNER_RAD_S);
  private lastInput = 0;
  private lastOutput = 0;

  /** Filters `input[offset, offset + frames)` into the same place of `output`. */
  process(input: Float32Array, output: Float32Array, offset: number, frames: number): void {
    const { feed, keep } = ShadowLowpass;
    let before = this.lastInput;
    let value = this.lastOutput;
    for (let index = offset; index < offset + frames; index++) {
      const sample = input[index];
      value = feed * (sample + before) + keep * value;
      before = sample;
      output[index] = value;
    }
    this.lastInput = before;
    // Values too small to hear are dropped, because denormal numbers are slow.
    this.lastOutput = Math.abs(value) < 1e-15 ? 0 : value;
  }

  reset(): void {
    this.lastInput = 0;
    this.lastOutput = 0;
  }
}
