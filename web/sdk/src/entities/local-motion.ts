import type { EntityProperties, EntityValue, Quat, Vec3 } from '@app/world';
import type { EntityTransform } from './entity-types.js';

/**
 * Where an entity is in the frame of its parent.
 *
 * @param elapsedS  since its position and velocities were right; negative ones count as 0
 */
export function transformAfter(type: string, properties: EntityProperties, elapsedS: number): EntityTransform {
  void type;
  const seconds = Math.max(0, elapsedS);
  const position = readVector(properties.position);
  const velocity = readVector(properties.velocity);
  return {
    position: {
      x: position.x + velocity.x * seconds,
      y: position.y + velocity.y * seconds,
      z: position.z + velocity.z * seconds,
    },
    rotation: readRotation(properties.rotation),
  };
}

/** A vector; the origin when it is none. */
export function readVector(value: EntityValue | undefined): Vec3 {
  const { x, y, z } = (value ?? {}) as Partial<Vec3>;
  return { x: finite(x), y: finite(y), z: finite(z) };
}

/** A unit quaternion; no rotation when it is none. */
export function readRotation(value: EntityValue | undefined): Quat {
  const { x, y, z, w } = (value ?? {}) as Partial<Quat>;
  return unit({ x: finite(x), y: finite(y), z: finite(z), w: finite(w) });
}

/** The same rotation with length 1; no rotation when it has none. */
export function unit({ x, y, z, w }: Quat): Quat {
  const length = Math.hypot(x, y, z, w);
  if (!(length > 1e-9 && length < Infinity)) return { x: 0, y: 0, z: 0, w: 1 };
  return { x: x / length, y: y / length, z: z / length, w: w / length };
}

function finite(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
