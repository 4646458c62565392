import type { Vec3 } from '../pose.js';
import { lengthOf, turned } from './entity-math.js';
import type { EntityValue } from './entity-value.js';
import { vectorOf } from './read-property.js';
import type { PlacedEntity, WorldTransform } from './transforms.js';

/** A ball that holds an entity. */
export interface BoundingSphere {
  /** In world coordinates, metres. */
  readonly centre: Vec3;
  /** Metres, from 0. */
  readonly radiusM: number;
}

/**
 * A ball around an entity's dimensions, and around the points of lines. What particles, light and sound reach beyond
 * that is not counted.
 *
 * @param transform  see worldTransformOf
 */
export function boundingSphereOf({ type, properties }: PlacedEntity, transform: WorldTransform): BoundingSphere {
  const dimensions = vectorOf(type, properties, 'dimensions');
  const registration = vectorOf(type, properties, 'registrationPoint');
  // The registration point is at the position; the middle is where it would be if that were the middle.
  const offset = turned(transform.rotation, {
    x: (0.5 - registration.x) * dimensions.x,
    y: (0.5 - registration.y) * dimensions.y,
    z: (0.5 - registration.z) * dimensions.z,
  });
  const { position } = transform;
  const centre = { x: position.x + offset.x, y: position.y + offset.y, z: position.z + offset.z };
  const reach = reachOf(properties.linePoints);
  // Points are seen from the position, not from the middle.
  return { centre, radiusM: Math.max(lengthOf(dimensions) / 2, reach > 0 ? reach + lengthOf(offset) : 0) };
}

/** Distance of the farthest point of a line from the entity's position, in metres; 0 for what is no line. */
function reachOf(points: EntityValue | undefined): number {
  if (!Array.isArray(points)) return 0;
  let reach = 0;
  for (const point of points as EntityValue[]) {
    const { x, y, z } = (point ?? {}) as Partial<Vec3>;
    const length = lengthOf({ x: Number(x), y: Number(y), z: Number(z) });
    if (length > reach) reach = length;
  }
  return reach;
}
