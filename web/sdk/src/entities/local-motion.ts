import { type EntityProperties, motionAfter, type Quat } from '@app/world';
import type { EntityTransform } from './entity-types.js';

/**
 * Where an entity is in the frame of its parent.
 *
 * @param elapsedS  since its position and velocities were right; negative ones count as 0
 */
export function transformAfter(type: string, properties: EntityProperties, elapsedS: number): EntityTransform {
  const { position, rotation } = motionAfter(type, properties, elapsedS);
  return { position, rotation: unit(rotation) };
}

/** The same rotation with length 1; no rotation when it has none. */
export function unit({ x, y, z, w }: Quat): Quat {
  const length = Math.hypot(x, y, z, w);
  if (!(length > 1e-9 && length < Infinity)) return { x: 0, y: 0, z: 0, w: 1 };
  return { x: x / length, y: y / length, z: z / length, w: w / length };
}
