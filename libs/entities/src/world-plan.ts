import type { Entity, EntityEdit } from './entity.js';
import type { EntityWorld } from './entity-world.js';

/** What planning needs to know of an entity that shall be. */
export type PlannedEntity = Pick<Entity, 'id' | 'type' | 'properties'> & Partial<Pick<Entity, 'movedAtMs'>>;

/**
 * The edits that make a world what it shall be: few, in an order in which each is valid, in transactions of at most
 * ENTITY_EDITS_MAX edits and ENTITY_TRANSACTION_BYTES_MAX bytes. No transaction when there is nothing to do. Fails with
 * `import-invalid`, naming the entity, when the target is no world: an unknown parent, a cycle, too many, too deep.
 *
 * @param targetAtMs  entities of the target that move are taken as they are at this time; default: at their `movedAtMs`
 */
export function planTransition(
  _current: EntityWorld,
  _target: Iterable<PlannedEntity>,
  _targetAtMs?: number,
): EntityEdit[][] {
  throw new Error('not yet');
}

/** Divides edits into transactions of at most ENTITY_EDITS_MAX edits and ENTITY_TRANSACTION_BYTES_MAX bytes. */
export function divideEdits(_edits: readonly EntityEdit[]): EntityEdit[][] {
  throw new Error('not yet');
}
