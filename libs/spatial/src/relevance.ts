import { BODY_CENTRE_M, BODY_RADIUS_M, apparentSize } from './bounds.js';
import { type ViewCone, cosFromView } from './view-cone.js';

/** Relevance of what is far, behind and silent is never less, so that waiting alone brings everybody forward. */
export const RELEVANCE_MIN = 0.01;
/** What is near, ahead and loud has this much. */
export const RELEVANCE_MAX = 2;
/** Weight of what is straight behind, compared with what is in view: people turn round. */
const BEHIND_WEIGHT = 0.35;
/** Distance at which a voice has halved its share, in metres. */
const VOICE_HALF_M = 8;

/**
 * How much it matters to somebody that a body's pose is fresh, in [RELEVANCE_MIN, RELEVANCE_MAX]: its apparent size
 * times where it is in the view, plus a share for a voice that can be heard, because one looks at who speaks.
 *
 * @param x,y,z     the body's feet
 * @param loudness  0 (silent) to 127 (full scale)
 */
export function relevanceOf(cone: ViewCone, x: number, y: number, z: number, loudness: number): number {
  const centreY = y + BODY_CENTRE_M;
  const distanceM = Math.hypot(x - cone.eye.x, centreY - cone.eye.y, z - cone.eye.z);
  const size = apparentSize(BODY_RADIUS_M, distanceM);
  const voice = ((loudness / 127) * VOICE_HALF_M) / (VOICE_HALF_M + distanceM);
  const relevance = size * viewWeight(cone, cosFromView(cone, x, centreY, z)) + voice;
  return Math.min(RELEVANCE_MAX, Math.max(RELEVANCE_MIN, relevance));
}

/** Waiting time times relevance: who has the most is told next. Grows without bound, so nobody waits for ever. */
export function urgencyOf(relevance: number, ageMs: number): number {
  return relevance * ageMs;
}

/** 1 inside the cone, from there down to BEHIND_WEIGHT straight behind, without a step. */
function viewWeight(cone: ViewCone, cos: number): number {
  if (cos >= cone.cosHalfAngle) return 1;
  return BEHIND_WEIGHT + ((1 - BEHIND_WEIGHT) * (cos + 1)) / (cone.cosHalfAngle + 1);
}
