import { advanceKinematics, type EntityProperties } from '@app/world';
import type { Entity } from './entity.js';

/** Where an entity is at a moment: what movement changes, whether or not it is moving. */
export const PLACE_PROPERTIES = ['position', 'rotation', 'velocity', 'angularVelocity'] as const;

/** Whoever touches one of these begins a new stretch of movement: the entity is first put where it has come to by then. */
const KINEMATIC_PROPERTIES: ReadonlySet<string> = new Set([
  ...PLACE_PROPERTIES,
  'gravity',
  'damping',
  'angularDamping',
  'acceleration',
  'dynamic',
  'parentID',
  'parentJointIndex',
]);

/** Whether a change of this property begins a new stretch of movement. */
export function isKinematic(name: string): boolean {
  return KINEMATIC_PROPERTIES.has(name);
}

/** Properties as they have become by a moment, in ms since 1970-01-01 UTC; the same object when nothing moves. */
export function propertiesAt(
  entity: Pick<Entity, 'type' | 'properties' | 'movedAtMs'>,
  atMs: number,
): EntityProperties {
  return advanceKinematics(entity.type, entity.properties, (atMs - entity.movedAtMs) / 1_000);
}
