import { ENTITY_EDITS_MAX, ENTITY_TRANSACTION_BYTES_MAX, type EntityId } from '@app/world';
import { propertiesAt } from './advance-entity.js';
import type { CloneEdit, RequestedEdit } from './check-edits.js';
import { isWithinTransaction } from './edit-size.js';
import { EntityError } from './entities.errors.js';
import type { Entity, EntityEdit } from './entity.js';
import type { EntityWorld } from './entity-world.js';
import { publicPropertiesOf } from './private-property.js';

/**
 * Turns copies into additions, parents before their children. What is copied is what the world has now, before the other
 * edits; copies of entities that the same transaction adds are `entity-unknown`. At most ENTITY_EDITS_MAX edits come out,
 * else `edit-too-many`. Copies included, they fit into one transaction, else `edit-too-large`.
 *
 * Copies come without privateUserData, unless they are given their own: whoever copies is their author, and may see it.
 *
 * @param drawId  draws ids of copied children
 * @param atMs    entities that move are copied as they are at this time
 */
export function resolveClones(
  world: EntityWorld,
  edits: readonly RequestedEdit[],
  drawId: () => EntityId,
  atMs: number,
): readonly EntityEdit[] | EntityError {
  if (edits.every(isNoCopy)) return edits;
  const resolved: EntityEdit[] = [];
  for (let editIndex = 0; editIndex < edits.length; editIndex++) {
    const edit = edits[editIndex];
    if (edit.kind !== 'clone') resolved.push(edit);
    else if (!world.get(edit.id)) {
      return new EntityError('entity-unknown', `There is no entity ${edit.id} to copy.`, { editIndex });
    } else addCopies(resolved, world, edit, drawId, atMs);
    if (resolved.length > ENTITY_EDITS_MAX) {
      return new EntityError('edit-too-many', `Copies included, a transaction has at most ${ENTITY_EDITS_MAX} edits.`, {
        editIndex,
      });
    }
  }
  if (isWithinTransaction(resolved)) return resolved;
  return new EntityError('edit-too-large', `A transaction has at most ${ENTITY_TRANSACTION_BYTES_MAX} bytes.`);
}

function isNoCopy(edit: RequestedEdit): edit is EntityEdit {
  return edit.kind !== 'clone';
}

/** Copies breadth first, and stops soon when there is too much. */
function addCopies(
  resolved: EntityEdit[],
  world: EntityWorld,
  clone: CloneEdit,
  drawId: () => EntityId,
  atMs: number,
): void {
  const copies = [{ id: clone.id, newId: clone.newId, properties: clone.properties }];
  for (let i = 0; i < copies.length && resolved.length <= ENTITY_EDITS_MAX; i++) {
    const { id, newId, properties } = copies[i];
    const entity = world.get(id) as Entity;
    const all = { ...publicPropertiesOf(propertiesAt(entity, atMs)), ...properties };
    resolved.push({ kind: 'add', id: newId, type: entity.type, properties: all });
    if (!clone.withChildren) return;
    for (const child of childrenToCopy(world, id)) {
      copies.push({ id: child, newId: drawId(), properties: { parentID: newId } });
    }
  }
}

/** More than a transaction can have are too many anyway; they need not be looked at, as often as somebody asks for it. */
function childrenToCopy(world: EntityWorld, id: EntityId): EntityId[] {
  const children: EntityId[] = [];
  for (const child of world.childrenOf(id)) {
    if (children.push(child) > ENTITY_EDITS_MAX) break;
  }
  return children.sort();
}
