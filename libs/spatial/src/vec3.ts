import type { Vec3 } from '@app/world';

/** The squared distance of two points, in m²; for comparisons, which need no root. */
export function distanceSquared(a: Vec3, b: Vec3): number {
  const dx = a.x - b.x;
  const dy = a.y - b.y;
  const dz = a.z - b.z;
  return dx * dx + dy * dy + dz * dz;
}

/** The distance of two points, in metres. */
export function distance(a: Vec3, b: Vec3): number {
  return Math.sqrt(distanceSquared(a, b));
}

/** The cosine of the angle between two unit vectors, or the dot product of any two. */
export function dot(a: Vec3, b: Vec3): number {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}

/** Writes `a - b` into `out`, which may be one of them. */
export function subtract(a: Vec3, b: Vec3, out: Vec3): Vec3 {
  out.x = a.x - b.x;
  out.y = a.y - b.y;
  out.z = a.z - b.z;
  return out;
}

/** Writes `a + b * scale` into `out`, which may be one of them. */
export function addScaled(a: Vec3, b: Vec3, scale: number, out: Vec3): Vec3 {
  out.x = a.x + b.x * scale;
  out.y = a.y + b.y * scale;
  out.z = a.z + b.z * scale;
  return out;
}
