import type { EntityProperties } from '@app/world';
import type { Entity } from './entity.js';

/** The property that is told only to an entity's author, and to those who may see it. */
export const PRIVATE_PROPERTY = 'privateUserData';

/** An entity as everybody may see it; itself if it keeps nothing private. */
export function publicEntityOf(entity: Entity): Entity {
  if (!Object.hasOwn(entity.properties, PRIVATE_PROPERTY)) return entity;
  return { ...entity, properties: publicPropertiesOf(entity.properties) };
}

/** All properties but the private one. */
export function publicPropertiesOf(properties: EntityProperties): EntityProperties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => name !== PRIVATE_PROPERTY));
}
