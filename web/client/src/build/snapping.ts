import type { Quat, Vec3 } from '@vicinity/sdk';

/** How far things jump while they are moved. */
export interface SnapSteps {
  /** Metres; 0 for freely. */
  lengthM: number;
  /** Radians; 0 for freely. */
  angleRad: number;
}

/** Steps to choose from: metres, each with an angle in degrees that goes with it. */
export const SNAP_CHOICES: ReadonlyArray<readonly [lengthM: number, degrees: number]> = [
  [0.05, 5],
  [0.1, 15],
  [0.25, 15],
  [0.5, 45],
  [1, 45],
];

/** The nearest multiple of a step; the value itself where there is no step. Pure. */
export function snap(value: number, step: number): number {
  if (!(step > 0) || !Number.isFinite(value)) return value;
  // Dividing first would make 0.30000000000000004 of three tenths; people read these numbers.
  const steps = Math.round(value / step);
  return Number((steps * step).toFixed(6));
}

/** Each coordinate to its nearest multiple. Pure. */
export function snapVector({ x, y, z }: Vec3, step: number): Vec3 {
  return { x: snap(x, step), y: snap(y, step), z: snap(z, step) };
}

/** Extents to their nearest multiples, but never to nothing. Pure. */
export function snapExtents(extents: Vec3, step: number, extentMinM: number): Vec3 {
  const one = (extent: number): number => Math.max(step > 0 ? step : extentMinM, extentMinM, snap(extent, step));
  return { x: one(extents.x), y: one(extents.y), z: one(extents.z) };
}

/** Numbers as people read them: without the noise of their last digits. Pure. */
export function tidy(value: number, digits = 4): number {
  const rounded = Number(value.toFixed(digits));
  // No person wants to read -0.
  return rounded === 0 ? 0 : rounded;
}

/** A vector likewise. Pure. */
export function tidyVector({ x, y, z }: Vec3, digits = 4): Vec3 {
  return { x: tidy(x, digits), y: tidy(y, digits), z: tidy(z, digits) };
}

/** A rotation of length 1 with fewer digits. Pure. */
export function tidyRotation({ x, y, z, w }: Quat): Quat {
  const length = Math.hypot(x, y, z, w) || 1;
  return { x: tidy(x / length, 7), y: tidy(y / length, 7), z: tidy(z / length, 7), w: tidy(w / length, 7) };
}
