import { parentOf } from '@app/entities';
import { multiply, rotate } from '@app/spatial';
import {
  ENTITY_DEPTH_MAX,
  type EntityId,
  type EntityProperties,
  type EntityValue,
  type Quat,
  type Vec3,
} from '@app/world';

/** Where something is in the world. */
export interface WorldPlace {
  /** In metres. */
  position: Vec3;
  rotation: Quat;
}

/** A property that is a vector; zeros where it says nothing. */
export function vectorOf(value: EntityValue | undefined, otherwise = 0): Vec3 {
  return { x: numberAt(value, 'x', otherwise), y: numberAt(value, 'y', otherwise), z: numberAt(value, 'z', otherwise) };
}

/** Where an entity's registration point is: its own place in its parent's frame, that in its parent's, and so on. */
export function worldPlaceOf(
  properties: EntityProperties,
  propertiesOf: (id: EntityId) => EntityProperties | undefined,
): WorldPlace {
  const place = localPlaceOf(properties);
  let parent = parentOf(properties);
  for (let depth = 0; parent !== undefined && depth < ENTITY_DEPTH_MAX; depth++) {
    const above = propertiesOf(parent);
    if (!above) break;
    const frame = localPlaceOf(above);
    rotate(frame.rotation, place.position, place.position);
    place.position.x += frame.position.x;
    place.position.y += frame.position.y;
    place.position.z += frame.position.z;
    multiply(frame.rotation, place.rotation, place.rotation);
    parent = parentOf(above);
  }
  return place;
}

function localPlaceOf({ position, rotation }: EntityProperties): WorldPlace {
  const { x, y, z } = vectorOf(rotation);
  const w = numberAt(rotation, 'w', 0);
  const isTurned = x !== 0 || y !== 0 || z !== 0 || w !== 0;
  return { position: vectorOf(position), rotation: isTurned ? { x, y, z, w } : { x: 0, y: 0, z: 0, w: 1 } };
}

function numberAt(value: EntityValue | undefined, key: string, otherwise: number): number {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return otherwise;
  const found = (value as Readonly<Record<string, EntityValue>>)[key];
  return typeof found === 'number' ? found : otherwise;
}
