import { POSITION_M_MAX } from '@app/world';

/** A coordinate within the world, whatever was asked for; in metres, as is what it is made of. Finite numbers only. */
export function clampCoordinate(metres: number): number {
  return metres > POSITION_M_MAX ? POSITION_M_MAX : metres < -POSITION_M_MAX ? -POSITION_M_MAX : metres;
}

/**
 * Whether these numbers are a place and a direction. The length of the quaternion is put right later, so any will do that is
 * neither nothing nor beyond what its square can hold.
 */
export function isPose(x: number, y: number, z: number, qx: number, qy: number, qz: number, qw: number): boolean {
  const squared = qx * qx + qy * qy + qz * qz + qw * qw;
  // Number.isFinite of a sum would take two infinities of different sign for nothing at all, and NaN is what they give.
  return Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(z) && squared > 1e-12 && squared < 1e12;
}
