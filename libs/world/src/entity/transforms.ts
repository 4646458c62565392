import { ENTITY_DEPTH_MAX } from '../limits.js';
import type { Quat, Vec3 } from '../pose.js';
import { turned, turnTogether, unitOf } from './entity-math.js';
import type { EntityId, EntityProperties } from './entity-value.js';
import { rotationOf, vectorOf } from './read-property.js';

/** Where something is and how it is turned, in world coordinates. */
export interface WorldTransform {
  /** Metres. */
  readonly position: Vec3;
  readonly rotation: Quat;
}

/** What is needed of an entity to place it. */
export interface PlacedEntity {
  readonly type: string;
  readonly properties: EntityProperties;
}

/**
 * Where an entity is in the world, through its parents; joints of models are not known here. A parent that is not
 * there counts as the world's origin, and so does everything above ENTITY_DEPTH_MAX.
 *
 * @param getParent  the entity with that id as it is at the moment in question; undefined when there is none
 */
export function worldTransformOf(
  entity: PlacedEntity,
  getParent: (id: EntityId) => PlacedEntity | undefined,
): WorldTransform {
  let { position, rotation } = placeOf(entity);
  let current: PlacedEntity | undefined = entity;
  for (let depth = 1; depth < ENTITY_DEPTH_MAX; depth++) {
    current = parentOf(current, getParent);
    if (!current) break;
    const place = placeOf(current);
    const offset = turned(place.rotation, position);
    position = { x: place.position.x + offset.x, y: place.position.y + offset.y, z: place.position.z + offset.z };
    rotation = turnTogether(place.rotation, rotation);
  }
  return { position, rotation };
}

function placeOf({ type, properties }: PlacedEntity): WorldTransform {
  return {
    position: vectorOf(type, properties, 'position'),
    rotation: unitOf(rotationOf(type, properties, 'rotation')),
  };
}

function parentOf(
  { properties }: PlacedEntity,
  getParent: (id: EntityId) => PlacedEntity | undefined,
): PlacedEntity | undefined {
  const { parentID } = properties;
  return typeof parentID === 'string' ? getParent(parentID) : undefined;
}
