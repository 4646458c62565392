import { ENTITIES_PER_WORLD_MAX, type EntityId, type EntityProperties } from '@app/world';
import { entityIdOfBytes, unpackProperties, type vicinity, WireError } from '@app/wire';
import { cleanName } from '../traits.js';
import type { EntityAuthor } from './entity-types.js';
import { type EntityFacts, RemoteEntity } from './remote-entity.js';

/** Why an entity is not known any more: it is gone, or too far away, or nobody knows. */
export type RemovalReason = 'erased' | 'left' | 'forgotten';

/** What a store tells its owner, in the order in which it happens. */
export interface EntityStoreHandlers {
  onAdded(entity: RemoteEntity): void;
  /** It is about to change. */
  onChanging(entity: RemoteEntity): void;
  /** The names are those of properties whose values may differ. */
  onChanged(entity: RemoteEntity, names: ReadonlySet<string>): void;
  onRemoved(entity: RemoteEntity, reason: RemovalReason): void;
}

type State = vicinity.v1.EntityState.$Properties;

/** The entities that this client has been told of, with their children. What is malformed is left out and counted. */
export class EntityStore {
  /** Parts of messages that made no sense. */
  malformedCount = 0;
  private readonly entities = new Map<EntityId, RemoteEntity>();
  private readonly children = new Map<EntityId, Set<EntityId>>();
  /** Where each one stands in `children`. */
  private readonly parents = new Map<EntityId, EntityId>();

  constructor(private readonly handlers: EntityStoreHandlers) {}

  get size(): number {
    return this.entities.size;
  }

  get(id: EntityId): RemoteEntity | undefined {
    return this.entities.get(id);
  }

  values(): IterableIterator<RemoteEntity> {
    return this.entities.values();
  }

  /** The entities that are attached to this one, also when it is not known itself. */
  *childrenOf(id: EntityId): IterableIterator<RemoteEntity> {
    for (const childId of this.children.get(id) ?? []) {
      const child = this.entities.get(childId);
      if (child) yield child;
    }
  }

  /** Takes a state; returns the entity's id, or undefined when it was malformed, or a change to something unknown. */
  apply(state: State): EntityId | undefined {
    try {
      const id = entityIdOfBytes(state.id);
      const entity = this.entities.get(id);
      if (!entity) return this.add(id, state);
      this.change(entity, state);
      return id;
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.malformedCount++;
      return undefined;
    }
  }

  /** Reads an id; undefined when it is none. */
  idOf(bytes: Uint8Array): EntityId | undefined {
    try {
      return entityIdOfBytes(bytes);
    } catch {
      this.malformedCount++;
      return undefined;
    }
  }

  /** Forgets an entity. */
  remove(id: EntityId, reason: RemovalReason): void {
    const entity = this.entities.get(id);
    if (!entity) return;
    this.entities.delete(id);
    this.attach(id, undefined);
    this.handlers.onRemoved(entity, reason);
  }

  /** Forgets everything. */
  clear(reason: RemovalReason): void {
    for (const id of [...this.entities.keys()]) this.remove(id, reason);
  }

  /** What an entity shows may have another parent now. */
  reattach(entity: RemoteEntity): void {
    this.attach(entity.id, entity.parentId);
  }

  private add(id: EntityId, state: State): EntityId | undefined {
    if (state.isPartial) {
      this.malformedCount++;
      return undefined;
    }
    if (this.entities.size >= ENTITIES_PER_WORLD_MAX) return undefined;
    const facts = readFacts(state, unpackProperties(state.properties), undefined);
    const entity = new RemoteEntity(id, facts);
    this.entities.set(id, entity);
    this.reattach(entity);
    this.handlers.onAdded(entity);
    return id;
  }

  private change(entity: RemoteEntity, state: State): void {
    const before = entity.told;
    // Repetitions are harmless, old news is not: two servers may have told it during a change of server.
    if ((state.revision ?? 0) < before.revision) return;
    const given = unpackProperties(state.properties);
    const properties = state.isPartial ? mergeProperties(before.properties, given, state.removed ?? []) : given;
    const after = readFacts(state, properties, before);
    const names = state.isPartial
      ? new Set([...Object.keys(given), ...(state.removed ?? [])])
      : differingNames(before.properties, properties);
    this.handlers.onChanging(entity);
    entity.handleFacts(after);
    this.reattach(entity);
    this.handlers.onChanged(entity, names);
  }

  private attach(id: EntityId, parentId: EntityId | undefined): void {
    const before = this.parents.get(id);
    if (before === parentId) return;
    if (before !== undefined) {
      const siblings = this.children.get(before);
      siblings?.delete(id);
      if (siblings?.size === 0) this.children.delete(before);
      this.parents.delete(id);
    }
    if (parentId === undefined) return;
    this.parents.set(id, parentId);
    let siblings = this.children.get(parentId);
    if (!siblings) this.children.set(parentId, (siblings = new Set()));
    siblings.add(id);
  }
}

function readFacts(state: State, properties: EntityProperties, before: EntityFacts | undefined): EntityFacts {
  const type = state.type || before?.type || '';
  return {
    type: type.slice(0, 64),
    properties,
    revision: state.revision ?? 0,
    sequence: state.sequence ?? 0,
    createdAtMs: dateOf(state.createdAtMs) || before?.createdAtMs || 0,
    editedAtMs: dateOf(state.editedAtMs) || before?.editedAtMs || 0,
    movedAtMs: dateOf(state.movedAtMs) || before?.movedAtMs || 0,
    createdBy: state.createdBy ? readAuthor(state.createdBy) : (before?.createdBy ?? NOBODY),
    editedBy: state.editedBy ? readAuthor(state.editedBy) : (before?.editedBy ?? NOBODY),
  };
}

const NOBODY: EntityAuthor = { sessionId: 0, name: '' };

function readAuthor({ sessionId, name }: vicinity.v1.EntityAuthor.$Properties): EntityAuthor {
  return { sessionId: sessionId ?? 0, name: cleanName(name ?? '') };
}

/** Dates beyond what Date can hold would throw where they are shown. */
function dateOf(timeMs: number | null | undefined): number {
  return Math.min(Math.max(0, timeMs ?? 0), 8.64e15);
}

function mergeProperties(
  before: EntityProperties,
  given: EntityProperties,
  removed: readonly string[],
): EntityProperties {
  const merged = { ...before, ...given };
  for (const name of removed) if (!Object.hasOwn(given, name)) delete merged[name];
  return merged;
}

function differingNames(before: EntityProperties, after: EntityProperties): Set<string> {
  const names = new Set<string>();
  for (const name of [...Object.keys(before), ...Object.keys(after)]) {
    if (!isSameValue(before[name], after[name])) names.add(name);
  }
  return names;
}

/** Whether two values of properties are the same. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) && isSameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}
