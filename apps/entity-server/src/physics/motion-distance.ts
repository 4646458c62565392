import type { Motion, Quat, Vec3, WorldTransform } from '@app/world';

/** How far two places are from each other: metres, and radians between the rotations. */
export function placeDistance(a: WorldTransform, b: WorldTransform): { metres: number; radians: number } {
  return { metres: between(a.position, b.position), radians: angleBetween(a.rotation, b.rotation) };
}

/** How much two motions differ in velocity: m/s and rad/s. */
export function speedDistance(a: Motion, b: Motion): { linear: number; angular: number } {
  return { linear: between(a.velocity, b.velocity), angular: between(a.angularVelocity, b.angularVelocity) };
}

/** Whether it does not move at all. */
export function isStill({ velocity: v, angularVelocity: w }: Motion): boolean {
  return !(v.x || v.y || v.z || w.x || w.y || w.z);
}

function between(a: Vec3, b: Vec3): number {
  return Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z);
}

function angleBetween(a: Quat, b: Quat): number {
  const dot = Math.abs(a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w);
  return 2 * Math.acos(Math.min(1, dot));
}
