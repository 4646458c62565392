import { HEAD_RADIUS_M } from './head-sphere.js';

/** From here on the distances to both ears count as the same, in metres: head models are measured from about here. */
export const NEAR_FIELD_DISTANCE_M = 1;
/** Closer than this the whole difference is heard; between here and NEAR_FIELD_DISTANCE_M it fades. */
const FULL_DISTANCE_M = 0.5;
/** No mouth comes closer to an ear than this. */
const EAR_DISTANCE_MIN_M = 0.15;
const EAR_DISTANCE_MIN_SQUARED = EAR_DISTANCE_MIN_M * EAR_DISTANCE_MIN_M;

/**
 * Level of the right ear because it is closer to (or farther from) a source than the middle of the head, as a linear
 * gain in (0, √2). The left ear has the same with `lateral` negated, and the energies of both add up to 2.
 *
 * @param lateral  as in interauralDelayFrames
 */
export function nearFieldGain(lateral: number, distanceM: number): number {
  if (distanceM >= NEAR_FIELD_DISTANCE_M) return 1;
  const base = distanceM * distanceM + HEAD_RADIUS_M * HEAD_RADIUS_M;
  const tilt = 2 * distanceM * HEAD_RADIUS_M * lateral;
  const right = Math.max(base - tilt, EAR_DISTANCE_MIN_SQUARED);
  const left = Math.max(base + tilt, EAR_DISTANCE_MIN_SQUARED);
  const share = Math.min(1, (NEAR_FIELD_DISTANCE_M - distanceM) / (NEAR_FIELD_DISTANCE_M - FULL_DISTANCE_M));
  return Math.sqrt(1 + (share * (left - right)) / (left + right));
}
