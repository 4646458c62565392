import { type EntityProperties, type EntityValue, isMoving } from '@app/world';
import { isDeepStrictEqual } from 'node:util';
import { isKinematic, PLACE_PROPERTIES } from './advance-entity.js';
import type { Entity, EntityEdit } from './entity.js';
import type { PlannedEntity } from './planned-world.js';

/**
 * The edit that makes an entity what it shall be; undefined when it is that already.
 *
 * @param before      as it is; undefined when it is not there
 * @param isDetached  it has been taken off its parent meanwhile
 */
export function editTowards(
  before: Entity | undefined,
  { id, type, properties: wanted, movedAtMs }: PlannedEntity,
  isDetached = false,
): EntityEdit | undefined {
  if (!before) return { kind: 'add', id, type, properties: wanted };
  const present = isDetached ? without(before.properties, 'parentID') : before.properties;
  const properties: Record<string, EntityValue> = {};
  for (const name of Object.keys(wanted)) {
    if (!Object.hasOwn(present, name) || !isDeepStrictEqual(present[name], wanted[name]))
      properties[name] = wanted[name];
  }
  const removed = new Set(Object.keys(present).filter((name) => !Object.hasOwn(wanted, name)));
  const touched = [...Object.keys(properties), ...removed];
  const isElsewhere = isDetached || movedAtMs !== before.movedAtMs || touched.some(isKinematic);
  // Where something that moves has come to is known only when the edit is done, so its place is said in any case.
  if (isElsewhere && isMoving(before.properties)) {
    for (const name of PLACE_PROPERTIES) {
      if (Object.hasOwn(wanted, name)) properties[name] = wanted[name];
      else removed.add(name);
    }
  }
  if (Object.keys(properties).length === 0 && removed.size === 0) return undefined;
  return { kind: 'change', id, properties, removed: [...removed], expectedRevision: 0 };
}

function without(properties: EntityProperties, name: string): EntityProperties {
  const rest: Record<string, EntityValue> = { ...properties };
  delete rest[name];
  return rest;
}
