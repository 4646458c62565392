import { ENTITY_DEPTH_MAX, type EntityId } from '@app/world';
import { parentOf } from './models-entity.js';
import type { ModelsEntity } from './models-file.js';

/** Why an entity has no place among the others. */
export type FamilyFault = 'parent-missing' | 'circle' | 'too-deep';

/**
 * Entities whose parents, or theirs, are not among the others, are their own descendants, or are too many. Each entity
 * is looked at about once, however they are related.
 */
export function findFamilyFaults(entities: ReadonlyMap<EntityId, ModelsEntity>): Map<EntityId, FamilyFault> {
  const faults = new Map<EntityId, FamilyFault>();
  /** Parents above, itself counted, of those that are known to be right. */
  const depths = new Map<EntityId, number>();
  for (const id of entities.keys()) follow(id, entities, depths, faults);
  return faults;
}

function follow(
  start: EntityId,
  entities: ReadonlyMap<EntityId, ModelsEntity>,
  depths: Map<EntityId, number>,
  faults: Map<EntityId, FamilyFault>,
): void {
  const path: EntityId[] = [];
  const onPath = new Set<EntityId>();
  let fault: FamilyFault | undefined;
  let depth = 0;
  for (let id: EntityId | undefined = start; id !== undefined;) {
    const entity = entities.get(id);
    fault = onPath.has(id) ? 'circle' : entity ? faults.get(id) : 'parent-missing';
    depth = depths.get(id) ?? 0;
    if (fault || depth > 0 || !entity) break;
    path.push(id);
    onPath.add(id);
    id = parentOf(entity.properties);
  }
  for (const id of path.reverse()) {
    depth++;
    if (!fault && depth > ENTITY_DEPTH_MAX) fault = 'too-deep';
    if (fault) faults.set(id, fault);
    else depths.set(id, depth);
  }
}
