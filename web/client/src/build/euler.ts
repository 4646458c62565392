import type { Quat, Vec3 } from '@vicinity/sdk';

const DEGREE = Math.PI / 180;

// Degrees about x, y and z: y first, then x, then z, as somebody turns who first looks round, then up, then leans. That is
// also the order of the predecessor's Euler angles.

/** A rotation as angles in degrees. Pure. */
export function eulerOf({ x, y, z, w }: Quat): Vec3 {
  const sinX = Math.min(1, Math.max(-1, 2 * (w * x - y * z)));
  // Straight up or down, y and z turn about the same axis: all of it counts as y.
  if (Math.abs(sinX) > 0.999999) {
    return { x: (Math.sign(sinX) * Math.PI) / 2 / DEGREE, y: (2 * Math.atan2(y, w)) / DEGREE, z: 0 };
  }
  return {
    x: Math.asin(sinX) / DEGREE,
    y: Math.atan2(2 * (w * y + x * z), 1 - 2 * (x * x + y * y)) / DEGREE,
    z: Math.atan2(2 * (w * z + x * y), 1 - 2 * (x * x + z * z)) / DEGREE,
  };
}

/** The rotation that angles in degrees make. Pure. */
export function quatOfEuler(angles: Vec3): Quat {
  const [x, y, z] = [angles.x, angles.y, angles.z].map((degrees) => (degrees * DEGREE) / 2);
  const [cx, sx, cy, sy, cz, sz] = [Math.cos(x), Math.sin(x), Math.cos(y), Math.sin(y), Math.cos(z), Math.sin(z)];
  return {
    x: cy * sx * cz + sy * cx * sz,
    y: sy * cx * cz - cy * sx * sz,
    z: cy * cx * sz - sy * sx * cz,
    w: cy * cx * cz + sy * sx * sz,
  };
}
