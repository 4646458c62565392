import { earLevel, headShadow } from '../head-shadow.js';
import { interauralDelayFrames } from './interaural-delay.js';
import { nearFieldGain } from './near-field.js';

/** Words that placeNearEars writes: delay of the left and right ear, four gains of the left ear, four of the right one. */
export const EAR_WORDS = 10;
/** Words that placeFarEars writes: delay left and right, direct and low gain of the left ear, then of the right one. */
export const FAR_EAR_WORDS = 6;

/** Closer than this the direction fades to "in the middle", so that walking through somebody does not flip the sides. */
const CENTRE_DISTANCE_M = 0.3;

const DELAY_LEFT = 0;
const DELAY_RIGHT = 1;
const NEAR_LEFT = 2;
const NEAR_RIGHT = 6;
const FAR_LEFT = 2;
const FAR_RIGHT = 4;

/**
 * What both ears hear of one source nearby: how much later (samples, the earlier ear at 0) and how much of the source's
 * four planes (linear gains; see basis-filters.ts). Without the loss by distance, but with the level difference of a
 * source that is closer to one ear.
 *
 * @param x  direction of the source in the head's coordinates, a unit vector: x to the right
 * @param y  up
 * @param z  to the back, so straight ahead is -1
 * @param target  gets EAR_WORDS numbers from `offset` on
 */
export function placeNearEars(
  x: number,
  y: number,
  z: number,
  distanceM: number,
  target: Float64Array,
  offset: number,
): void {
  const spread = distanceM < CENTRE_DISTANCE_M ? distanceM / CENTRE_DISTANCE_M : 1;
  const lateral = clamp(x) * spread;
  const back = z * spread - (1 - spread);
  writeDelays(lateral, target, offset);
  writeNear(-lateral, y * spread, back, nearFieldGain(-lateral, distanceM), target, offset + NEAR_LEFT);
  writeNear(lateral, y * spread, back, nearFieldGain(lateral, distanceM), target, offset + NEAR_RIGHT);
}

/** The same for sounds from farther away, who are heard through two planes: `target` gets FAR_EAR_WORDS numbers. */
export function placeFarEars(x: number, y: number, z: number, target: Float64Array, offset: number): void {
  const lateral = clamp(x);
  const level = 1 + 0.05 * y - 0.05 * z;
  writeDelays(lateral, target, offset);
  writeFar(-lateral, level, target, offset + FAR_LEFT);
  writeFar(lateral, level, target, offset + FAR_RIGHT);
}

function writeDelays(lateral: number, target: Float64Array, offset: number): void {
  const later = interauralDelayFrames(lateral);
  target[offset + DELAY_LEFT] = later > 0 ? later : 0;
  target[offset + DELAY_RIGHT] = later < 0 ? -later : 0;
}

/** Gains of one ear, where `lateral` is positive on the side of this ear. */
function writeNear(lateral: number, up: number, back: number, gain: number, target: Float64Array, offset: number): void {
  writeFar(lateral, gain, target, offset);
  target[offset + 2] = gain * (0.15 * up - 0.2 * back);
  target[offset + 3] = 0;
}

function writeFar(lateral: number, gain: number, target: Float64Array, offset: number): void {
  const level = gain * earLevel(lateral);
  const shadow = headShadow(Math.acos(lateral));
  target[offset] = level * shadow;
  target[offset + 1] = level * (1 - shadow);
}

function clamp(lateral: number): number {
  return lateral > 1 ? 1 : lateral < -1 ? -1 : lateral;
}
