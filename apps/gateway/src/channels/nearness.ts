import { type vicinity, readPosition } from '@app/wire';

type Nearness = vicinity.v1.Nearness.$Properties;

/** Where a packed pose is, and so much around it. */
export function nearnessAt(pose: Uint8Array, radiusM: number): Nearness {
  return { ...readPosition(pose, { x: 0, y: 0, z: 0 }), radiusM };
}

/** Whether a packed pose is within. */
export function isNear({ x, y, z, radiusM }: Nearness, pose: Uint8Array): boolean {
  const at = readPosition(pose, { x: 0, y: 0, z: 0 });
  return Math.hypot(at.x - (x ?? 0), at.y - (y ?? 0), at.z - (z ?? 0)) <= (radiusM ?? 0);
}
