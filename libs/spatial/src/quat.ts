import type { Quat, Vec3 } from '@app/world';

// Quaternions here are of length one. Functions write into `out` and return it, so that ticks allocate nothing.

/** A turn about the vertical axis; positive to the left (counter-clockwise from above), in radians. */
export function quatFromYaw(yawRad: number, out: Quat): Quat {
  out.x = 0;
  out.y = Math.sin(yawRad / 2);
  out.z = 0;
  out.w = Math.cos(yawRad / 2);
  return out;
}

/** How far an orientation is turned from -z, seen from above, in (-π, π]. 0 when it looks straight up or down. */
export function yawOf(quat: Quat): number {
  const forwardX = -2 * (quat.x * quat.z + quat.w * quat.y);
  const forwardZ = -(1 - 2 * (quat.x * quat.x + quat.y * quat.y));
  // Below the precision of a packed quaternion the direction is noise.
  if (forwardX * forwardX + forwardZ * forwardZ < 1e-9) return 0;
  return Math.atan2(-forwardX, -forwardZ);
}

/** The direction in which an orientation looks: -z, rotated. */
export function forwardOf(quat: Quat, out: Vec3): Vec3 {
  out.x = -2 * (quat.x * quat.z + quat.w * quat.y);
  out.y = -2 * (quat.y * quat.z - quat.w * quat.x);
  out.z = -(1 - 2 * (quat.x * quat.x + quat.y * quat.y));
  return out;
}

/** From the body's point of view to the world's. `out` may be `vector`. */
export function rotate(quat: Quat, vector: Vec3, out: Vec3): Vec3 {
  return rotateBy(quat.x, quat.y, quat.z, quat.w, vector, out);
}

/** From the world's point of view to the body's: x is to its right, y up, -z ahead. `out` may be `vector`. */
export function rotateInverse(quat: Quat, vector: Vec3, out: Vec3): Vec3 {
  return rotateBy(-quat.x, -quat.y, -quat.z, quat.w, vector, out);
}

/** First `b`, then `a`. `out` may be one of them. */
export function multiply(a: Quat, b: Quat, out: Quat): Quat {
  const x = a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y;
  const y = a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x;
  const z = a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w;
  const w = a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z;
  out.x = x;
  out.y = y;
  out.z = z;
  out.w = w;
  return out;
}

function rotateBy(qx: number, qy: number, qz: number, qw: number, v: Vec3, out: Vec3): Vec3 {
  // v + 2w(q × v) + 2q × (q × v), with t = 2(q × v).
  const tx = 2 * (qy * v.z - qz * v.y);
  const ty = 2 * (qz * v.x - qx * v.z);
  const tz = 2 * (qx * v.y - qy * v.x);
  const x = v.x + qw * tx + qy * tz - qz * ty;
  const y = v.y + qw * ty + qz * tx - qx * tz;
  const z = v.z + qw * tz + qx * ty - qy * tx;
  out.x = x;
  out.y = y;
  out.z = z;
  return out;
}
