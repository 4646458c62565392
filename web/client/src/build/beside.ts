import { rotate } from '@app/spatial';
import type { EntityTransform, Vec3 } from '@vicinity/sdk';

/** Between a thing and its copy, in metres. */
export const COPY_GAP_M = 0.1;

/**
 * Where a copy of a thing stands beside it without touching it, in world coordinates. Pure.
 *
 * @param extents  of the thing along its own axes, in metres
 * @param yaw      where the person looks, in radians; the copy is at their right
 * @param stepM    copies are so many metres away, along the nearest axis of the world; 0 for freely
 */
export function besideIt({ position, rotation }: EntityTransform, extents: Vec3, yaw: number, stepM: number): Vec3 {
  const right = stepM > 0 ? nearestAxis(yaw) : { x: Math.cos(yaw), z: -Math.sin(yaw) };
  const axes: Vec3[] = [
    { x: extents.x, y: 0, z: 0 },
    { x: 0, y: extents.y, z: 0 },
    { x: 0, y: 0, z: extents.z },
  ];
  const widthM = axes.reduce((sum, axis) => {
    const turned = rotate(rotation, axis, { x: 0, y: 0, z: 0 });
    return sum + Math.abs(turned.x * right.x + turned.z * right.z);
  }, 0);
  const metres = widthM + COPY_GAP_M;
  const shiftM = stepM > 0 ? Math.ceil(metres / stepM - 1e-6) * stepM : metres;
  return { x: position.x + right.x * shiftM, y: position.y, z: position.z + right.z * shiftM };
}

function nearestAxis(yaw: number): { x: number; z: number } {
  const [x, z] = [Math.cos(yaw), -Math.sin(yaw)];
  return Math.abs(x) >= Math.abs(z) ? { x: Math.sign(x), z: 0 } : { x: 0, z: Math.sign(z) };
}
