import {
  ENTITIES_PER_WORLD_MAX,
  ENTITY_DEPTH_MAX,
  ENTITY_TYPE_CHARACTERS_MAX,
  type EntityId,
  type EntityProperties,
} from '@app/world';
import { isKinematic, propertiesAt } from './advance-entity.js';
import type { EntityErrorCode } from './entities.errors.js';
import type { Entity, EntityAuthor, EntityEdit } from './entity.js';
import type { EntityStore } from './entity-store.js';
import { findExcess } from './measure-properties.js';
import { parentOf } from './parent.js';

/** When, where in the log, and by whom an edit is done. */
export interface EditContext {
  /** Ms since 1970-01-01 UTC. */
  readonly atMs: number;
  readonly sequence: number;
  readonly author: EntityAuthor;
  /** No entity that was erased had a higher revision. */
  revisionFloor: number;
}

/** What the world has against an edit. */
export interface Refusal {
  readonly code: EntityErrorCode;
  readonly text: string;
  readonly field?: string;
}

type Edit<Kind extends EntityEdit['kind']> = Extract<EntityEdit, { kind: Kind }>;

/** Does one edit, or says why not, with nothing changed. Returns the entity's new revision, 0 when it is gone. */
export function applyEdit(store: EntityStore, edit: EntityEdit, context: EditContext): number | Refusal {
  if (edit.kind === 'change') return changeEntity(store, edit, context);
  return edit.kind === 'add' ? addEntity(store, edit, context) : eraseEntity(store, edit, context);
}

function addEntity(store: EntityStore, edit: Edit<'add'>, context: EditContext): number | Refusal {
  if (store.get(edit.id)) return { code: 'entity-exists', text: `There is an entity ${edit.id} already.` };
  if (store.size >= ENTITIES_PER_WORLD_MAX) {
    return { code: 'entity-limit', text: `A world has at most ${ENTITIES_PER_WORLD_MAX} entities.` };
  }
  if (edit.type.length < 1 || edit.type.length > ENTITY_TYPE_CHARACTERS_MAX) {
    return { code: 'entity-type-invalid', text: `A type has 1 to ${ENTITY_TYPE_CHARACTERS_MAX} characters.` };
  }
  const refusal = findFault(store, edit.id, edit.properties);
  if (refusal) return refusal;
  const { atMs, sequence, author } = context;
  const revision = Math.max(context.revisionFloor + 1, sequence);
  const times = { createdAtMs: atMs, editedAtMs: atMs, movedAtMs: atMs };
  const { id, type, properties } = edit;
  // The same order of fields as everywhere, so that all entities have one shape.
  store.put(id, { id, type, properties, revision, sequence, ...times, createdBy: author, editedBy: author });
  return revision;
}

function changeEntity(store: EntityStore, edit: Edit<'change'>, context: EditContext): number | Refusal {
  const before = store.get(edit.id);
  const stale = checkRevision(edit, before);
  if (stale || !before) return stale ?? unknown(edit.id);
  const moves = Object.keys(edit.properties).some(isKinematic) || edit.removed.some(isKinematic);
  const properties = merge(moves ? propertiesAt(before, context.atMs) : before.properties, edit);
  const refusal = findFault(store, edit.id, properties, before.properties);
  if (refusal) return refusal;
  const revision = Math.max(before.revision + 1, context.sequence);
  const after: Entity = {
    id: before.id,
    type: before.type,
    properties,
    revision,
    sequence: context.sequence,
    createdAtMs: before.createdAtMs,
    editedAtMs: context.atMs,
    movedAtMs: moves ? context.atMs : before.movedAtMs,
    createdBy: before.createdBy,
    editedBy: context.author,
  };
  store.put(before.id, after, before);
  return revision;
}

function eraseEntity(store: EntityStore, edit: Edit<'erase'>, context: EditContext): number | Refusal {
  const stale = checkRevision(edit, store.get(edit.id));
  if (stale) return stale;
  for (const id of store.family.withDescendants(edit.id)) {
    context.revisionFloor = Math.max(context.revisionFloor, store.get(id)?.revision ?? 0);
    store.put(id, undefined);
  }
  return 0;
}

function checkRevision(edit: Edit<'change' | 'erase'>, before: Entity | undefined): Refusal | undefined {
  if (!before) return unknown(edit.id);
  if (edit.expectedRevision === 0 || edit.expectedRevision === before.revision) return undefined;
  return { code: 'entity-revision-stale', text: `The entity ${edit.id} has revision ${before.revision} by now.` };
}

function unknown(id: EntityId): Refusal {
  return { code: 'entity-unknown', text: `There is no entity ${id}.` };
}

function merge(base: EntityProperties, { properties, removed }: Edit<'change'>): EntityProperties {
  const merged = { ...base, ...properties };
  for (const name of removed) delete merged[name];
  return merged;
}

/** What is wrong with an entity of these properties; its place in the tree is looked at only if that is new. */
function findFault(
  store: EntityStore,
  id: EntityId,
  properties: EntityProperties,
  before?: EntityProperties,
): Refusal | undefined {
  const excess = findExcess(properties, before);
  if (excess !== undefined) return { code: 'edit-too-large', text: excess };
  const parent = parentOf(properties);
  const isPlaceNew = parent !== undefined && (!before || parent !== parentOf(before));
  return isPlaceNew ? findPlaceFault(store, id, parent) : undefined;
}

function findPlaceFault(store: EntityStore, id: EntityId, parent: EntityId): Refusal | undefined {
  const field = 'parentID';
  const { family } = store;
  if (family.isWithin(parent, id))
    return { code: 'entity-cycle', text: `The entity ${id} would hang on itself.`, field };
  if (!store.get(parent)) return { code: 'entity-parent-unknown', text: `There is no parent ${parent}.`, field };
  if (family.depthOf(parent) + 1 + family.heightOf(id) > ENTITY_DEPTH_MAX) {
    return { code: 'entity-too-deep', text: `At most ${ENTITY_DEPTH_MAX} entities hang on each other.`, field };
  }
  return undefined;
}
