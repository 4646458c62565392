import { SAMPLE_RATE_HZ } from '@app/world';

/** Radius of the sphere that stands for a head, in metres: the mean of adults. */
export const HEAD_RADIUS_M = 0.0875;

/** In metres per second, in air of 20 °C. */
export const SPEED_OF_SOUND_M_S = 343;

const HEAD_FRAMES = (HEAD_RADIUS_M / SPEED_OF_SOUND_M_S) * SAMPLE_RATE_HZ;

/** Latest that an ear hears a source, in samples: on the far side of the head. About 31. */
export const EAR_DELAY_FRAMES_MAX = HEAD_FRAMES * (1 + Math.PI / 2);

/**
 * How much later than the earliest possible moment an ear hears a distant source, in samples with fractions
 * (Woodworth's formula): straight through the air on the near side, around the sphere on the far side.
 *
 * The difference between both ears is a/c (θ + sin θ), up to 656 µs at the side.
 *
 * @param incidenceRad  angle between the direction of the source and the axis that comes out of this ear, in [0, π]
 */
export function earDelayFrames(incidenceRad: number): number {
  if (incidenceRad <= Math.PI / 2) return HEAD_FRAMES * (1 - Math.cos(incidenceRad));
  return HEAD_FRAMES * (1 + incidenceRad - Math.PI / 2);
}
