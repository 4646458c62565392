import { FAR_GAINS, NEAR_GAINS, SIDE_NODES } from './head-gains.js';
import { interauralDelayFrames } from './interaural-delay.js';
import { nearFieldGain } from './near-field.js';
import { OctahedralTable } from './octahedral-table.js';

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

/** What the right ear hears; the left one hears the mirror image, so that a head is exactly the same on both sides. */
const nearGains = new OctahedralTable(SIDE_NODES, 4, fromThousandths(NEAR_GAINS));
const farGains = new OctahedralTable(SIDE_NODES, 2, fromThousandths(FAR_GAINS));

/**
 * What both ears hear of one source nearby: how much later (samples, the earlier ear at 0) and how much of the source's
 * four planes (linear gains, some below 0; see basis-filters.ts). Without the loss by distance, but with the level
 * difference of a source that is closer to one ear. The mean loudness of speech over all directions is that of the
 * source; no frequency is louder than 8 dB above it at more than a metre.
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
  const lateral = clamp(x);
  writeDelays(interauralDelayFrames(lateral) * spread, target, offset);
  const left = nearFieldGain(-lateral * spread, distanceM);
  const right = nearFieldGain(lateral * spread, distanceM);
  nearGains.read(-x, y, z, left * spread, target, offset + NEAR_LEFT);
  nearGains.read(x, y, z, right * spread, target, offset + NEAR_RIGHT);
  // In the middle of the head a source is heard as it is.
  target[offset + NEAR_LEFT] += left * (1 - spread);
  target[offset + NEAR_RIGHT] += right * (1 - spread);
}

/**
 * The same for sounds from farther away, which are heard through two planes only: `target` gets FAR_EAR_WORDS numbers.
 * Speech is as loud as by placeNearEars, at each ear and from each direction.
 */
export function placeFarEars(x: number, y: number, z: number, target: Float64Array, offset: number): void {
  writeDelays(interauralDelayFrames(clamp(x)), target, offset);
  farGains.read(-x, y, z, 1, target, offset + FAR_LEFT);
  farGains.read(x, y, z, 1, target, offset + FAR_RIGHT);
}

function writeDelays(leftLater: number, target: Float64Array, offset: number): void {
  target[offset + DELAY_LEFT] = leftLater > 0 ? leftLater : 0;
  target[offset + DELAY_RIGHT] = leftLater < 0 ? -leftLater : 0;
}

function clamp(lateral: number): number {
  return lateral > 1 ? 1 : lateral < -1 ? -1 : lateral;
}

function fromThousandths(gains: readonly number[]): number[] {
  return gains.map((gain) => gain / 1000);
}
