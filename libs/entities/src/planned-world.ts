import {
  checkEntityProperties,
  ENTITIES_PER_WORLD_MAX,
  ENTITY_DEPTH_MAX,
  ENTITY_TYPE_CHARACTERS_MAX,
  type EntityId,
  isEntityId,
  isWellFormed,
} from '@app/world';
import { propertiesAt } from './advance-entity.js';
import { EntityError } from './entities.errors.js';
import type { Entity } from './entity.js';
import { findExcess } from './measure-properties.js';
import { parentOf } from './parent.js';

/** What planning needs to know of an entity that shall be. */
export type PlannedEntity = Pick<Entity, 'id' | 'type' | 'properties'> & Partial<Pick<Entity, 'movedAtMs'>>;

/**
 * Entities that shall be a world, parents before their children. Fails with `import-invalid`, naming the entity, when they
 * are none: an id or parent that is wrong, a cycle, too many, too deep, too large.
 *
 * @param atMs  entities that move are taken as they are at this time
 */
export function orderTarget(target: Iterable<PlannedEntity>, atMs?: number): PlannedEntity[] {
  const byId = new Map<EntityId, PlannedEntity>();
  for (const given of target) {
    const entity = atMs === undefined ? given : advanced(given, atMs);
    byId.set(entity.id, checkAlone(entity, byId));
  }
  if (byId.size > ENTITIES_PER_WORLD_MAX) throw invalid(`A world has at most ${ENTITIES_PER_WORLD_MAX} entities.`);
  const ordered = fromTop(byId);
  if (ordered.length === byId.size) return ordered;
  const placed = new Set(ordered);
  const left = [...byId.values()].find((entity) => !placed.has(entity)) as PlannedEntity;
  throw invalid(`The entity ${left.id} hangs on itself, or more than ${ENTITY_DEPTH_MAX} deep.`, 'parentID');
}

/** The entity as the server would keep it. */
function checkAlone(entity: PlannedEntity, byId: ReadonlyMap<EntityId, unknown>): PlannedEntity {
  const { id, type } = entity;
  if (!isEntityId(id)) throw invalid(`${JSON.stringify(id).slice(0, 80)} is no id of an entity.`, 'id');
  if (byId.has(id)) throw invalid(`The entity ${id} is there twice.`, 'id');
  if (type.length < 1 || type.length > ENTITY_TYPE_CHARACTERS_MAX || !isWellFormed(type)) {
    throw invalid(`The type of the entity ${id} has not 1 to ${ENTITY_TYPE_CHARACTERS_MAX} characters.`, 'type');
  }
  const checked = checkEntityProperties(type, entity.properties);
  if ('field' in checked) throw invalid(`The entity ${id} cannot be as it is. ${checked.text}`, checked.field);
  const excess = findExcess(checked.properties);
  if (excess !== undefined) throw invalid(`The entity ${id} is too large. ${excess}`);
  return checked.properties === entity.properties ? entity : { ...entity, properties: checked.properties };
}

function advanced(entity: PlannedEntity, atMs: number): PlannedEntity {
  const { id, type, properties, movedAtMs } = entity;
  if (movedAtMs === undefined) return entity;
  const now = propertiesAt({ type, properties, movedAtMs }, atMs);
  return now === properties ? entity : { id, type, properties: now, movedAtMs: atMs };
}

/** Breadth first, down to ENTITY_DEPTH_MAX. */
function fromTop(byId: ReadonlyMap<EntityId, PlannedEntity>): PlannedEntity[] {
  const children = new Map<EntityId, PlannedEntity[]>();
  let level: PlannedEntity[] = [];
  for (const entity of byId.values()) {
    const parent = parentOf(entity.properties);
    if (parent === undefined) level.push(entity);
    else if (!byId.has(parent))
      throw invalid(`The parent ${parent} of the entity ${entity.id} is missing.`, 'parentID');
    else if (!children.get(parent)?.push(entity)) children.set(parent, [entity]);
  }
  const ordered: PlannedEntity[] = [];
  for (let depth = 1; level.length > 0 && depth <= ENTITY_DEPTH_MAX; depth++) {
    for (const entity of level) ordered.push(entity);
    level = level.flatMap(({ id }) => children.get(id) ?? []);
  }
  return ordered;
}

function invalid(sentence: string, field?: string): EntityError {
  return new EntityError('import-invalid', sentence, { field });
}
