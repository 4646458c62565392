import type { Vec3 } from '@app/world';

/** What somebody sees: a cone around the direction of the view. */
export interface ViewCone {
  eye: Vec3;
  /** Length one. */
  forward: Vec3;
  /** Cosine of half the opening angle. */
  cosHalfAngle: number;
}

/** Half the diagonal of a screen with 75° vertical field of view and 16:9, rounded up: 60°. */
export const VIEW_COS_HALF_ANGLE = 0.5;

/**
 * The cosine of the angle between the view's direction and a point: 1 straight ahead, -1 behind. 1 when the point is at
 * the eye.
 */
export function cosFromView(cone: ViewCone, x: number, y: number, z: number): number {
  const dx = x - cone.eye.x;
  const dy = y - cone.eye.y;
  const dz = z - cone.eye.z;
  const lengthSquared = dx * dx + dy * dy + dz * dz;
  if (lengthSquared < 1e-9) return 1;
  return (dx * cone.forward.x + dy * cone.forward.y + dz * cone.forward.z) / Math.sqrt(lengthSquared);
}

/** Whether any of a sphere is within the cone. */
export function isSphereInView(cone: ViewCone, x: number, y: number, z: number, radiusM: number): boolean {
  const distanceM = Math.hypot(x - cone.eye.x, y - cone.eye.y, z - cone.eye.z);
  if (distanceM <= radiusM) return true;
  const angleRad = Math.acos(Math.max(-1, Math.min(1, cosFromView(cone, x, y, z))));
  return angleRad <= Math.acos(cone.cosHalfAngle) + Math.asin(radiusM / distanceM);
}
