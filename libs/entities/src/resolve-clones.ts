import type { EntityId } from '@app/world';
import type { RequestedEdit } from './check-edits.js';
import type { EntityError } from './entities.errors.js';
import type { EntityEdit } from './entity.js';
import type { EntityWorld } from './entity-world.js';

/**
 * Turns copies into additions, parents before their children. What is copied is what the world has now, before the other
 * edits; copies of entities that the same transaction adds are `entity-unknown`. At most ENTITY_EDITS_MAX edits come out,
 * else `edit-too-many`.
 *
 * @param drawId  draws ids of copied children
 * @param atMs    entities that move are copied as they are at this time
 */
export function resolveClones(
  _world: EntityWorld,
  _edits: readonly RequestedEdit[],
  _drawId: () => EntityId,
  _atMs: number,
): EntityEdit[] | EntityError {
  throw new Error('not yet');
}
