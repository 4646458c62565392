import { entityIdOfBytes, unpackProperties, unpackValue, type vicinity, WireError } from '@app/wire';
import {
  AUTHOR_CHARACTERS_MAX,
  checkEntityProperties,
  checkRemovedNames,
  EDIT_ID_CHARACTERS_MAX,
  ENTITY_EDITS_MAX,
  ENTITY_TRANSACTION_BYTES_MAX,
  ENTITY_TYPE_CHARACTERS_MAX,
  type EntityId,
  type EntityProperties,
  isWellFormed,
} from '@app/world';
import { randomUUID } from 'node:crypto';
import { isWithinTransaction } from './edit-size.js';
import { EntityError, type EntityErrorCode } from './entities.errors.js';
import type { EntityAuthor, EntityEdit } from './entity.js';
import { exact } from './entity-codec.js';
import { findExcess, measureProperties } from './measure-properties.js';

/** A copy of an entity, which becomes additions before the log. */
export interface CloneEdit {
  readonly kind: 'clone';
  /** What is copied. */
  readonly id: EntityId;
  readonly newId: EntityId;
  /** In which the copy differs. */
  readonly properties: EntityProperties;
  /** Children and theirs are copied too. */
  readonly withChildren: boolean;
}

/** One change as somebody has asked for it. */
export type RequestedEdit = EntityEdit | CloneEdit;

/** A transaction as somebody has asked for it, checked but for the world's state and the author's rights. */
export interface RequestedTransaction {
  readonly editId: string;
  readonly author: EntityAuthor;
  /** Bits of EntityPower. */
  readonly powers: number;
  /** The network address it comes from, as a number that gateways give it; 0 when that is not known. */
  readonly origin: number;
  /** 1 to ENTITY_EDITS_MAX. */
  readonly edits: readonly RequestedEdit[];
}

/** What checking an edit needs to know. */
interface Ground {
  readonly drawId: () => EntityId;
  readonly typeOf: (id: EntityId) => string | undefined;
  /** Types of entities that this transaction makes. */
  readonly made: Map<EntityId, string>;
}

type EditFields = vicinity.v1.EntityEdit.$Properties;
type MapFields = vicinity.v1.EntityMap.$Properties | null | undefined;

/** Letters, digits and signs of ASCII. */
const EDIT_ID_PATTERN = /^[\x21-\x7e]+$/;
/** The type whose properties are checked when it is not known: those that all types have. */
const ANY_TYPE = '';

/**
 * Checks a decoded EntityTransaction: everything that can be known without deciding what the world becomes. Never throws.
 *
 * @param drawId  draws an id for whatever is new and has none
 * @param typeOf  the type of an entity, as far as it is known; of others only those properties are checked that all have
 */
export function checkEdits(
  fields: vicinity.v1.EntityTransaction.$Properties,
  drawId: () => EntityId = randomUUID,
  typeOf: (id: EntityId) => string | undefined = () => undefined,
): RequestedTransaction | EntityError {
  const ground = { drawId, typeOf, made: new Map<EntityId, string>() };
  let editIndex = 0;
  try {
    const transaction = readHead(fields);
    const list = fields.edits ?? [];
    const edits: RequestedEdit[] = [];
    for (; editIndex < list.length; editIndex++) edits.push(readEdit(list[editIndex], ground));
    editIndex = 0;
    if (!isWithinTransaction(edits)) {
      throw refusal('edit-too-large', `A transaction has at most ${ENTITY_TRANSACTION_BYTES_MAX} bytes.`);
    }
    return { ...transaction, edits };
  } catch (cause) {
    if (cause instanceof EntityError)
      return new EntityError(cause.code, cause.message, { editIndex, field: cause.field });
    if (cause instanceof WireError) return new EntityError('edit-invalid', cause.message, { editIndex, cause });
    throw cause;
  }
}

function readHead(fields: vicinity.v1.EntityTransaction.$Properties): Omit<RequestedTransaction, 'edits'> {
  const editId = fields.editId ?? '';
  if (editId.length > EDIT_ID_CHARACTERS_MAX || !EDIT_ID_PATTERN.test(editId)) {
    throw refusal('edit-invalid', `An edit's id has 1 to ${EDIT_ID_CHARACTERS_MAX} printable characters.`);
  }
  const name = fields.author?.name ?? '';
  if (name.length > AUTHOR_CHARACTERS_MAX || !isWellFormed(name)) {
    throw refusal('edit-invalid', `An author's name has at most ${AUTHOR_CHARACTERS_MAX} characters.`);
  }
  const count = fields.edits?.length ?? 0;
  if (count < 1 || count > ENTITY_EDITS_MAX) {
    throw refusal('edit-too-many', `A transaction has 1 to ${ENTITY_EDITS_MAX} edits.`);
  }
  const { sessionId = 0, powers = 0, origin = 0 } = fields.author ?? {};
  return { editId, author: { sessionId: sessionId ?? 0, name }, powers: powers ?? 0, origin: origin ?? 0 };
}

function readEdit({ add, change, erase, clone }: EditFields, ground: Ground): RequestedEdit {
  if (Number(!!add) + Number(!!change) + Number(!!erase) + Number(!!clone) !== 1) {
    throw refusal('edit-invalid', 'An edit is one addition, one change, one erasure or one copy.');
  }
  if (change) return readChange(change, ground);
  if (add) return readAdd(add, ground);
  if (clone) return readClone(clone, ground);
  return { kind: 'erase', id: readId(erase?.id), expectedRevision: exact(erase?.expectedRevision) };
}

function readAdd(add: vicinity.v1.AddEntity.$Properties, ground: Ground): RequestedEdit {
  const type = add.type ?? '';
  if (type.length < 1 || type.length > ENTITY_TYPE_CHARACTERS_MAX || !isWellFormed(type)) {
    throw refusal('entity-type-invalid', `A type has 1 to ${ENTITY_TYPE_CHARACTERS_MAX} characters.`);
  }
  const id = readNewId(add.id, type, ground);
  return { kind: 'add', id, type, properties: readProperties(type, add.properties) };
}

function readChange(change: vicinity.v1.ChangeEntity.$Properties, ground: Ground): RequestedEdit {
  const id = readId(change.id);
  const type = ground.made.get(id) ?? ground.typeOf(id) ?? ANY_TYPE;
  const properties = readProperties(type, change.properties);
  const removed = readRemoved(change.removed ?? [], properties);
  return { kind: 'change', id, properties, removed, expectedRevision: exact(change.expectedRevision) };
}

function readClone(clone: vicinity.v1.CloneEntity.$Properties, ground: Ground): RequestedEdit {
  const id = readId(clone.id);
  const type = ground.typeOf(id) ?? ANY_TYPE;
  const newId = readNewId(clone.newId, type, ground);
  const properties = readProperties(type, clone.properties);
  return { kind: 'clone', id, newId, properties, withChildren: clone.withChildren ?? false };
}

function readId(bytes: Uint8Array | null | undefined): EntityId {
  try {
    return entityIdOfBytes(bytes);
  } catch {
    throw refusal('edit-invalid', 'An id of an entity is 16 bytes.', 'id');
  }
}

function readNewId(bytes: Uint8Array | null | undefined, type: string, { drawId, made }: Ground): EntityId {
  const id = bytes?.length ? readId(bytes) : drawId();
  if (made.has(id)) throw refusal('entity-exists', `The entity ${id} would be made twice.`, 'id');
  made.set(id, type);
  return id;
}

function readProperties(type: string, map: MapFields): EntityProperties {
  const unpacked = unpackNamed(map);
  const checked = checkEntityProperties(type, unpacked);
  if ('field' in checked) {
    // What is much too large is told as such, whatever else is wrong with it.
    const excess = findExcess(unpacked);
    if (excess !== undefined) throw refusal('edit-too-large', excess, largestOf(unpacked));
    throw refusal('edit-invalid', checked.text, checked.field);
  }
  return checked.properties;
}

/** Unpacks properties; what is wrong is told with its name. */
function unpackNamed(map: MapFields): EntityProperties {
  try {
    return unpackProperties(map);
  } catch (error) {
    // Everything is well in most cases, so the culprit is looked for only now.
    for (const { name, value } of map?.properties ?? []) {
      try {
        unpackValue(value);
      } catch (cause) {
        throw refusal('edit-invalid', cause instanceof WireError ? cause.message : 'It has a wrong value.', name ?? '');
      }
    }
    throw error;
  }
}

function largestOf(properties: EntityProperties): string | undefined {
  const sizeOf = (name: string): number => measureProperties({ [name]: properties[name] }).bytes;
  return Object.keys(properties).reduce((a, b) => (sizeOf(b) > sizeOf(a) ? b : a));
}

function readRemoved(removed: readonly string[], properties: EntityProperties): readonly string[] {
  if (removed.length === 0) return removed;
  const checked = checkRemovedNames(removed);
  if ('field' in checked) throw refusal('edit-invalid', checked.text, checked.field);
  const twice = removed.find((name, i) => Object.hasOwn(properties, name) || removed.indexOf(name) !== i);
  if (twice !== undefined) throw refusal('edit-invalid', 'What is removed is removed once, and gets no value.', twice);
  return removed;
}

function refusal(code: EntityErrorCode, sentence: string, field?: string): EntityError {
  return new EntityError(code, sentence, { field });
}
