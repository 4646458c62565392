import { SAMPLE_RATE_HZ } from '@app/world';
import { HEAD_RADIUS_M, SPEED_OF_SOUND_M_S } from './head-sphere.js';

/** Corner of the head's shadow, in rad/s: about 1.2 kHz. Longer waves bend around the head. */
const SHADOW_CORNER_RAD_S = (2 * SPEED_OF_SOUND_M_S) / HEAD_RADIUS_M;

/** Centre of the resonator behind planes 2 and 3, in Hz. */
export const RESONATOR_HZ = 8_000;
/** Quality of the resonator: centre over bandwidth. */
export const RESONATOR_Q = 1.2;

/**
 * Coefficients of the lowpass that is plane 1, and that each ear hears far sounds through: the shadow of a head, first
 * order by bilinear transform. For each sample: value = feed · (sample + sample before) + keep · value before.
 */
export function lowpassCoefficients(): { feed: number; keep: number } {
  const scale = 2 * SAMPLE_RATE_HZ;
  return {
    feed: SHADOW_CORNER_RAD_S / (scale + SHADOW_CORNER_RAD_S),
    keep: (scale - SHADOW_CORNER_RAD_S) / (scale + SHADOW_CORNER_RAD_S),
  };
}

/**
 * Coefficients of the resonator, a state-variable filter by trapezoidal integration (V. Zavalishin, The Art of VA Filter
 * Design, chapter 4). For each sample v0: v3 = v0 - ic2; v1 = a1·ic1 + a2·v3; v2 = ic2 + a2·ic1 + a3·v3;
 * ic1 = 2·v1 - ic1; ic2 = 2·v2 - ic2. Plane 2 is v1 / Q (gain 1 at the centre), plane 3 is v2 (gain 1 at 0 Hz).
 */
export function resonatorCoefficients(): { a1: number; a2: number; a3: number; bandGain: number } {
  const g = Math.tan((Math.PI * RESONATOR_HZ) / SAMPLE_RATE_HZ);
  const a1 = 1 / (1 + g * (g + 1 / RESONATOR_Q));
  const a2 = g * a1;
  return { a1, a2, a3: g * a2, bandGain: 1 / RESONATOR_Q };
}
