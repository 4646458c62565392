import { ENTITY_EDITS_MAX, ENTITY_TRANSACTION_BYTES_MAX, type EntityId, isEntityId } from '@app/world';
import { encodeMessage, entityIdToBytes, packProperties, type vicinity, WireError } from '@app/wire';
import { drawEntityId } from './entity-id.js';
import { EntityError, type EntityEdit } from './entity-types.js';

/** Room for what the gateway adds to a transaction, in bytes: its id and its author. */
const FRAME_BYTES = 512;

/**
 * Edits with all ids drawn, so that whoever makes them knows what they are about. Copies of children are the exception:
 * their ids are the server's.
 */
export function nameEdits(edits: readonly EntityEdit[]): EntityEdit[] {
  return edits.map((edit) => {
    if (edit.kind === 'add') return { ...edit, id: edit.id ?? drawEntityId() };
    if (edit.kind === 'clone') return { ...edit, newId: edit.newId ?? drawEntityId() };
    return edit;
  });
}

/** Encodes a ClientReliable. Fails with an EntityError for what no server would take. */
export function packEdits(request: number, edits: readonly EntityEdit[]): Uint8Array {
  if (edits.length < 1 || edits.length > ENTITY_EDITS_MAX) {
    throw new EntityError('edit-too-many', `Between 1 and ${ENTITY_EDITS_MAX} edits are done at once.`, false, '', 0);
  }
  const packed = edits.map((edit, index) => packEdit(edit, index));
  const bytes = encodeMessage('ClientReliable', { editEntities: { request, edits: packed } });
  if (bytes.length > ENTITY_TRANSACTION_BYTES_MAX - FRAME_BYTES) {
    const sentence = `Edits that are done at once have at most ${ENTITY_TRANSACTION_BYTES_MAX} bytes together.`;
    throw new EntityError('edit-too-large', sentence, false, '', 0);
  }
  return bytes;
}

function packEdit(edit: EntityEdit, index: number): vicinity.v1.EntityEdit.$Properties {
  try {
    switch (edit.kind) {
      case 'add':
        return { add: { id: optionalId(edit.id), type: edit.type, properties: packProperties(edit.properties ?? {}) } };
      case 'change':
        return {
          change: {
            id: entityIdToBytes(edit.id),
            properties: packProperties(edit.properties ?? {}),
            removed: [...(edit.removed ?? [])],
            expectedRevision: edit.expectedRevision ?? 0,
          },
        };
      case 'erase':
        return { erase: { id: entityIdToBytes(edit.id), expectedRevision: edit.expectedRevision ?? 0 } };
      case 'clone':
        return {
          clone: {
            id: entityIdToBytes(edit.id),
            newId: optionalId(edit.newId),
            properties: packProperties(edit.properties ?? {}),
            withChildren: edit.withChildren ?? false,
          },
        };
    }
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new EntityError('edit-invalid', cause.message, false, '', index, { cause });
  }
}

function optionalId(id: EntityId | undefined): Uint8Array {
  return id === undefined ? new Uint8Array(0) : entityIdToBytes(id);
}

/** The entity that an edit is about, once nameEdits has named it. */
export function subjectOfEdit(edit: EntityEdit): EntityId {
  const id = edit.kind === 'clone' ? edit.newId : edit.id;
  return id !== undefined && isEntityId(id) ? id : '';
}
