import type { Vec3 } from '@vicinity/sdk';
import type { Obstacle } from '../world/place.js';
import { crossing, type Solid } from './solids.js';

/** Kept between the camera and what stands in the way, in metres: more than its near plane. */
const CLEARANCE_M = 0.25;
/** However narrow it is, the camera keeps this share of its distance, so that the view never jumps into the head. */
const SHARE_MIN = 0.12;

/**
 * How much of the way from the head to the camera is free: 1 is all of it. Trees, columns and posts are upright, so a view
 * from above is enough. Pure.
 *
 * @param head    where the way begins
 * @param camera  where it should end
 */
export function cameraReach(
  head: { x: number; z: number },
  camera: { x: number; z: number },
  obstacles: readonly Obstacle[],
): number {
  const dx = camera.x - head.x;
  const dz = camera.z - head.z;
  const lengthSquared = dx * dx + dz * dz;
  if (lengthSquared < 1e-6) return 1;
  let reach = 1;
  for (const { x, z, radius, isTall } of obstacles) {
    if (!isTall) continue;
    const size = radius + CLEARANCE_M;
    const [toX, toZ] = [x - head.x, z - head.z];
    const distanceSquared = toX * toX + toZ * toZ;
    // Whoever leans against a tree looks past it.
    if (distanceSquared <= size * size) continue;
    const along = toX * dx + toZ * dz;
    if (along <= 0) continue;
    // Where the way enters the circle: the smaller solution of |t·d - to| = size.
    const root = along * along - lengthSquared * (distanceSquared - size * size);
    if (root <= 0) continue;
    const entry = (along - Math.sqrt(root)) / lengthSquared;
    if (entry < reach) reach = entry;
  }
  return Math.max(SHARE_MIN, reach);
}

/** The same for what people have built: walls, floors and roofs. Whoever is inside something looks out of it. Pure. */
export function solidReach(head: Vec3, camera: Vec3, solids: readonly Solid[]): number {
  const way = { x: camera.x - head.x, y: camera.y - head.y, z: camera.z - head.z };
  const lengthM = Math.hypot(way.x, way.y, way.z);
  if (lengthM < 1e-3) return 1;
  let reach = 1;
  for (const solid of solids) {
    const entry = solid.isOpaque ? crossing(solid, head, way)?.[0] : undefined;
    if (entry !== undefined && entry >= 0 && entry <= 1) reach = Math.min(reach, entry - CLEARANCE_M / lengthM);
  }
  return Math.max(SHARE_MIN, reach);
}
