import type { Vec3 } from '@vicinity/sdk';
import { crossing, holds, nearestOf, type Solid } from './solids.js';

/** A step up to this height is climbed, in metres. */
export const STEP_M = 0.5;
export const BODY_RADIUS_M = 0.3;
const BODY_HEIGHT_M = 1.7;
/** Middles of the balls that the body consists of above its knees: over the feet, in metres. */
const BALLS_M = [STEP_M + BODY_RADIUS_M, 1.1, BODY_HEIGHT_M - BODY_RADIUS_M];
const UP: Vec3 = { x: 0, y: 1, z: 0 };
/** What is hit from further above or below than this share is a floor or a ceiling, and pushes nobody aside. */
const ASIDE_MIN = 0.3;

/** Height of the highest solid that feet here stand on, or can step onto; -Infinity for none. Pure. */
export function solidFloor(feet: Vec3, solids: readonly Solid[]): number {
  let floor = -Infinity;
  for (const solid of solids) {
    const way = crossing(solid, feet, UP);
    if (way && way[1] <= STEP_M) floor = Math.max(floor, feet.y + way[1]);
  }
  return floor;
}

/** Height of the lowest solid over somebody's waist; Infinity for none. Pure. */
export function solidCeiling(feet: Vec3, solids: readonly Solid[]): number {
  let ceiling = Infinity;
  for (const solid of solids) {
    const way = crossing(solid, feet, UP);
    if (way && way[0] >= BALLS_M[1]) ceiling = Math.min(ceiling, feet.y + way[0]);
  }
  return ceiling;
}

/** Height that feet must not exceed below a ceiling. */
export const highestFeet = (ceiling: number): number => ceiling - BODY_HEIGHT_M;

/** Those solids that hold nobody: whoever is inside something can leave it. Pure. */
export function solidsAround(feet: Vec3, solids: readonly Solid[]): Solid[] {
  return solids.filter((solid) => !BALLS_M.some((height) => holds(solid, { ...feet, y: feet.y + height })));
}

/** Moves feet sideways out of whatever the body has come into. */
export function slideAlong(feet: Vec3, solids: readonly Solid[]): void {
  for (const solid of solids) {
    for (const height of BALLS_M) {
      const ball = { x: feet.x, y: feet.y + height, z: feet.z };
      const nearest = nearestOf(solid, ball);
      const [dx, dy, dz] = [ball.x - nearest.x, ball.y - nearest.y, ball.z - nearest.z];
      const distance = Math.hypot(dx, dy, dz);
      const aside = Math.hypot(dx, dz);
      if (distance >= BODY_RADIUS_M || distance < 1e-6 || aside / distance < ASIDE_MIN) continue;
      // So far that the ball touches it at the height that it has.
      const wanted = Math.sqrt(BODY_RADIUS_M ** 2 - dy ** 2);
      feet.x += (dx / aside) * (wanted - aside);
      feet.z += (dz / aside) * (wanted - aside);
    }
  }
}
