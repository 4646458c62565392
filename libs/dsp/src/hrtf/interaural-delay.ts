import { SAMPLE_RATE_HZ } from '@app/world';
import { HEAD_RADIUS_M, SPEED_OF_SOUND_M_S } from './head-sphere.js';

const HEAD_FRAMES = (HEAD_RADIUS_M / SPEED_OF_SOUND_M_S) * SAMPLE_RATE_HZ;

/** How much later the ear on the far side hears a source exactly at the side, in samples: about 31.5, or 656 µs. */
export const INTERAURAL_DELAY_FRAMES_MAX = HEAD_FRAMES * (1 + Math.PI / 2);

/**
 * How much later the left ear hears a distant source than the right one, in samples with fractions; below 0 when the
 * source is on the left. Woodworth's formula: a/c (θ + sin θ).
 *
 * @param lateral  sine of the angle θ to the right of the middle plane, in [-1, 1]
 */
export function interauralDelayFrames(lateral: number): number {
  return HEAD_FRAMES * (Math.asin(lateral) + lateral);
}
