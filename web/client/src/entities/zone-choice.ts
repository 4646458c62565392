import type { Quat, Vec3 } from '@vicinity/sdk';

/** The volume of a zone. */
export interface ZoneVolume {
  /** Middle, in world coordinates, metres. */
  middle: Vec3;
  rotation: Quat;
  /** Full extents along its own axes, in metres. */
  dimensions: Vec3;
  /** As in `shapeType`: spheres and ellipsoids are round, cylinders in part, everything else is a box. */
  form: string;
}

/** Whether a zone decides something, forbids it, or leaves it to the zone around it. */
export type ZoneMode = 'inherit' | 'disabled' | 'enabled';

/** Whether a place is within a volume. Pure. */
export function isInside({ middle, rotation, dimensions, form }: ZoneVolume, place: Vec3): boolean {
  if (!(dimensions.x > 0 && dimensions.y > 0 && dimensions.z > 0)) return false;
  const offset = { x: place.x - middle.x, y: place.y - middle.y, z: place.z - middle.z };
  const local = turnedBack(rotation, offset);
  // Shares of the way from the middle to the faces.
  const [x, y, z] = [(2 * local.x) / dimensions.x, (2 * local.y) / dimensions.y, (2 * local.z) / dimensions.z];
  if (form === 'sphere' || form === 'ellipsoid') return Math.hypot(x, y, z) <= 1;
  if (form === 'cylinder-y') return Math.hypot(x, z) <= 1 && Math.abs(y) <= 1;
  if (form === 'cylinder-x') return Math.hypot(y, z) <= 1 && Math.abs(x) <= 1;
  if (form === 'cylinder-z') return Math.hypot(x, y) <= 1 && Math.abs(z) <= 1;
  return Math.abs(x) <= 1 && Math.abs(y) <= 1 && Math.abs(z) <= 1;
}

/** Cubic metres of the box around a volume; by it zones within zones are told apart. */
export function volumeOf({ dimensions }: ZoneVolume): number {
  return dimensions.x * dimensions.y * dimensions.z;
}

/**
 * Of the zones that somebody is in, the one that decides: the smallest that does not leave it to the one around it.
 * Undefined when none does, or the deciding one forbids it. Pure.
 *
 * @param zones  those that somebody is in, smallest first
 */
export function decidingZone<Zone>(zones: readonly Zone[], modeOf: (zone: Zone) => ZoneMode): Zone | undefined {
  const zone = zones.find((candidate) => modeOf(candidate) !== 'inherit');
  return zone !== undefined && modeOf(zone) === 'enabled' ? zone : undefined;
}

function turnedBack({ x: qx, y: qy, z: qz, w }: Quat, { x, y, z }: Vec3): Vec3 {
  const tx = 2 * (qz * y - qy * z);
  const ty = 2 * (qx * z - qz * x);
  const tz = 2 * (qy * x - qx * y);
  return {
    x: x + w * tx - (qy * tz - qz * ty),
    y: y + w * ty - (qz * tx - qx * tz),
    z: z + w * tz - (qx * ty - qy * tx),
  };
}
