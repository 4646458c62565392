import { earDelayFrames } from './ear-delay.js';
import { earLevel, farShadowGain, headShadow } from './head-shadow.js';
import type { NearPath } from './near-renderer.js';

/** Closer than this the direction fades to "in the middle", so that walking through somebody does not flip the sides. */
const CENTRE_DISTANCE_M = 0.3;

/**
 * Sine of the angle to the right of the listener's middle plane, in [-1, 1].
 *
 * @param dot  projection of the way to the source on the listener's right-hand direction, in metres
 */
export function lateralOf(dot: number, distanceM: number): number {
  const lateral = dot / Math.max(distanceM, CENTRE_DISTANCE_M);
  return lateral > 1 ? 1 : lateral < -1 ? -1 : lateral;
}

/** Writes the delays and gains of a near source into the `to` fields of a path. */
export function placeNear(path: NearPath, lateral: number, gain: number): void {
  const right = Math.acos(lateral);
  const left = Math.PI - right;
  path.toDelayLeft = earDelayFrames(left);
  path.toDelayRight = earDelayFrames(right);
  const gainLeft = gain * earLevel(-lateral);
  const gainRight = gain * earLevel(lateral);
  const shadowLeft = headShadow(left);
  const shadowRight = headShadow(right);
  path.toDirectLeft = gainLeft * shadowLeft;
  path.toLowLeft = gainLeft * (1 - shadowLeft);
  path.toDirectRight = gainRight * shadowRight;
  path.toLowRight = gainRight * (1 - shadowRight);
}

/** Intervals of the table of far gains over the lateral range [-1, 1]. */
const TABLE_INTERVALS = 256;

/**
 * Gain of a far source at the right ear over its lateral place; the left ear is its mirror image. A table with straight
 * lines between its points, because there are too many far sources for trigonometry.
 */
const farTable = Float64Array.from({ length: TABLE_INTERVALS + 2 }, (_, index) => {
  const lateral = Math.min(1, (2 * index) / TABLE_INTERVALS - 1);
  return earLevel(lateral) * farShadowGain(headShadow(Math.acos(lateral)));
});

/** Gain of a far source at the right ear, relative to its gain by distance. For the left ear negate `lateral`. */
export function farEarGain(lateral: number): number {
  const place = (lateral + 1) * (TABLE_INTERVALS / 2);
  const index = place | 0;
  const below = farTable[index];
  return below + (place - index) * (farTable[index + 1] - below);
}
