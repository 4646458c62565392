import { noise2, smoothstep } from './seeded.js';

// The plan of the place: where things are, how high the ground is, what one bumps into. Pure; metres.

/** Something round that one cannot walk through. */
export interface Obstacle {
  x: number;
  z: number;
  radius: number;
  /** Reaches above one's head, so that the camera must not be behind or inside it. */
  isTall?: boolean;
}

/** Where a visitor without a chosen place arrives: within a small circle here, looking along -z. */
export const ENTRANCE = { x: 0, z: 9, radius: 2.5 };
export const CAMPFIRE = { x: 0, z: -5 };
export const PAVILION = { x: 0, z: -29, radius: 5.4, floorM: 0.45 };
export const STONE_CIRCLE = { x: -25, z: -12, radius: 7 };
export const POND = { x: 25, z: -10, radius: 9, depthM: 0.9, surfaceM: -0.22 };
/** Around the middle the ground is level, so that a link's `at=X,0,Z` is where it says. */
export const LEVEL_RADIUS_M = 46;
/** Beyond this the hills are only to be looked at. */
export const WORLD_RADIUS_M = 120;

/** Height of the ground, without floors that were built on it. */
export function groundHeight(x: number, z: number): number {
  const fromMiddle = Math.hypot(x, z);
  const rise = smoothstep(LEVEL_RADIUS_M, 150, fromMiddle);
  const hills = rise * (4 + 17 * noise2(x / 34 + 9, z / 34) + 5 * noise2(x / 11, z / 11 + 5));
  const fromPond = Math.hypot(x - POND.x, z - POND.z);
  return hills - POND.depthM * (1 - smoothstep(POND.radius * 0.45, POND.radius, fromPond));
}

/** Height of what one stands on. */
export function floorHeight(x: number, z: number): number {
  const fromPavilion = Math.hypot(x - PAVILION.x, z - PAVILION.z);
  if (fromPavilion < PAVILION.radius - 0.5) return PAVILION.floorM;
  if (fromPavilion < PAVILION.radius) return PAVILION.floorM / 2;
  return groundHeight(x, z);
}

/** How much a spot is a trodden path, 0 to 1. */
export function pathAmount(x: number, z: number): number {
  const wobble = (noise2(x / 3, z / 3) - 0.5) * 1.1;
  const bend = Math.sin(z * 0.16) * 1.1;
  const alongMiddle = z > -25 && z < 34 ? Math.abs(x - bend * smoothstep(4, 14, Math.abs(z + 5))) : 99;
  const toStones = distanceToSegment(x, z, CAMPFIRE.x, CAMPFIRE.z, STONE_CIRCLE.x + 6, STONE_CIRCLE.z);
  const toPond = distanceToSegment(x, z, CAMPFIRE.x, CAMPFIRE.z, POND.x - 9, POND.z);
  const plaza = Math.hypot(x - CAMPFIRE.x, z - CAMPFIRE.z) - 4.2;
  const nearest = Math.min(alongMiddle - 0.3, toStones, toPond, plaza);
  return 1 - smoothstep(0.7, 1.7, nearest + wobble);
}

function distanceToSegment(x: number, z: number, ax: number, az: number, bx: number, bz: number): number {
  const dx = bx - ax;
  const dz = bz - az;
  const t = Math.min(1, Math.max(0, ((x - ax) * dx + (z - az) * dz) / (dx * dx + dz * dz)));
  return Math.hypot(x - ax - dx * t, z - az - dz * t);
}

/** Whether nothing should grow here: paths, water, buildings. */
export function isKeptClear(x: number, z: number, marginM: number): boolean {
  return (
    pathAmount(x, z) > 0.15 ||
    Math.hypot(x - POND.x, z - POND.z) < POND.radius + marginM ||
    Math.hypot(x - PAVILION.x, z - PAVILION.z) < PAVILION.radius + marginM ||
    Math.hypot(x - STONE_CIRCLE.x, z - STONE_CIRCLE.z) < STONE_CIRCLE.radius + marginM ||
    Math.hypot(x - CAMPFIRE.x, z - CAMPFIRE.z) < 6 + marginM
  );
}
