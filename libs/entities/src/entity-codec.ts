import {
  decodeMessage,
  encodeMessage,
  entityIdOfBytes,
  entityIdToBytes,
  packProperties,
  unpackProperties,
  type vicinity,
  WireError,
} from '@app/wire';
import type { Entity, EntityAuthor, EntityEdit, EntityRecord, EntityTransaction } from './entity.js';
import { ENTITY_RECORD_BYTES_MAX } from '@app/world';
import { fieldBytesOf, joinFields } from './wire-fields.js';

type EditFields = vicinity.v1.EntityEdit.$Properties;
type TransactionFields = vicinity.v1.EntityTransaction.$Properties;

/** Number of the field `transactions` of an EntityRecord. */
const TRANSACTIONS_FIELD = 4;

/** An edit as it is put into another message. */
export function editFieldsOf(edit: EntityEdit): EditFields {
  const id = entityIdToBytes(edit.id);
  if (edit.kind === 'add') return { add: { id, type: edit.type, properties: packProperties(edit.properties) } };
  if (edit.kind === 'erase') return { erase: { id, expectedRevision: edit.expectedRevision } };
  return {
    change: {
      id,
      properties: packProperties(edit.properties),
      removed: edit.removed as string[],
      expectedRevision: edit.expectedRevision,
    },
  };
}

/** A transaction as it is put into another message; `powers` only for requests, never for the log. */
export function transactionFieldsOf(transaction: EntityTransaction, powers = 0): TransactionFields {
  const { sessionId, name } = transaction.author;
  return {
    editId: transaction.editId,
    author: powers === 0 ? { sessionId, name } : { sessionId, name, powers },
    edits: transaction.edits.map(editFieldsOf),
  };
}

/** Encodes a transaction, for encodeRecordOf. */
export function encodeTransaction(transaction: EntityTransaction): Uint8Array {
  return encodeMessage('EntityTransaction', transactionFieldsOf(transaction));
}

/** Bytes that a transaction takes in a record; whoever encodes it anyway asks bytesInRecord. */
export function transactionBytesOf(transaction: EntityTransaction): number {
  return bytesInRecord(encodeTransaction(transaction).length);
}

/** Encodes one message of a world's log. */
export function encodeRecord(record: EntityRecord): Uint8Array {
  return encodeRecordOf(record, record.transactions.map(encodeTransaction));
}

/** Encodes one message of a world's log, of transactions that have been encoded already. */
export function encodeRecordOf(
  { epoch, writer, writtenAtMs }: Omit<EntityRecord, 'transactions'>,
  transactions: readonly Uint8Array[],
): Uint8Array {
  // A message is its fields one behind the other, so that what is encoded need not be encoded again.
  return joinFields(TRANSACTIONS_FIELD, transactions, encodeMessage('EntityRecord', { epoch, writer, writtenAtMs }));
}

/** Bytes that an encoded transaction of this length takes in a record. */
export function bytesInRecord(length: number): number {
  return fieldBytesOf(length);
}

/** Decodes one message of a world's log. Fails with `wire-malformed` or `wire-too-large`, never otherwise. */
export function decodeRecord(bytes: Uint8Array): EntityRecord {
  const message = decodeMessage('EntityRecord', bytes, ENTITY_RECORD_BYTES_MAX);
  return {
    epoch: exact(message.epoch),
    writer: message.writer,
    writtenAtMs: exact(message.writtenAtMs),
    transactions: (message.transactions ?? []).map(transactionOf),
  };
}

function transactionOf(message: TransactionFields): EntityTransaction {
  return { editId: message.editId ?? '', author: authorOf(message.author), edits: (message.edits ?? []).map(editOf) };
}

/** Reads a decoded EntityEdit that is no copy. Fails with `wire-malformed`, never otherwise. */
export function editOf({ add, change, erase, clone }: EditFields): EntityEdit {
  if (clone || Number(!!add) + Number(!!change) + Number(!!erase) !== 1) {
    throw malformed('An edit is one addition, one change or one erasure.');
  }
  if (change) {
    return {
      kind: 'change',
      id: entityIdOfBytes(change.id),
      properties: unpackProperties(change.properties),
      removed: change.removed ?? [],
      expectedRevision: exact(change.expectedRevision),
    };
  }
  if (add) {
    const properties = unpackProperties(add.properties);
    return { kind: 'add', id: entityIdOfBytes(add.id), type: add.type ?? '', properties };
  }
  return { kind: 'erase', id: entityIdOfBytes(erase?.id), expectedRevision: exact(erase?.expectedRevision) };
}

/** An entity as it is put into another message: every field, properties sorted. The same for equal entities. */
export function stateFieldsOf(entity: Entity): vicinity.v1.EntityState.$Properties {
  return {
    id: entityIdToBytes(entity.id),
    type: entity.type,
    revision: entity.revision,
    sequence: entity.sequence,
    createdAtMs: entity.createdAtMs,
    editedAtMs: entity.editedAtMs,
    properties: packProperties(entity.properties),
    createdBy: entity.createdBy,
    editedBy: entity.editedBy,
    movedAtMs: entity.movedAtMs,
  };
}

/** An entity in its canonical encoding, an EntityState: equal entities have equal bytes. */
export function encodeEntity(entity: Entity): Uint8Array {
  return encodeMessage('EntityState', stateFieldsOf(entity));
}

/** Reads a decoded EntityState that is whole. Fails with `wire-malformed`, never otherwise. */
export function entityOfState(state: vicinity.v1.EntityState.$Properties): Entity {
  if (state.isPartial || state.removed?.length) throw malformed('An entity is not whole.');
  return {
    id: entityIdOfBytes(state.id),
    type: state.type ?? '',
    properties: unpackProperties(state.properties),
    revision: exact(state.revision),
    sequence: exact(state.sequence),
    createdAtMs: exact(state.createdAtMs),
    editedAtMs: exact(state.editedAtMs),
    movedAtMs: exact(state.movedAtMs),
    createdBy: authorOf(state.createdBy),
    editedBy: authorOf(state.editedBy),
  };
}

/** Reads a decoded EntityAuthor; absent ones are the server. */
export function authorOf(message: vicinity.v1.EntityAuthor.$Properties | null | undefined): EntityAuthor {
  return { sessionId: message?.sessionId ?? 0, name: message?.name ?? '' };
}

/** A 64-bit number that a double holds exactly. Fails with `wire-malformed` for larger ones. */
export function exact(value: number | null | undefined): number {
  if (value === null || value === undefined) return 0;
  if (!Number.isSafeInteger(value)) throw malformed('A number is larger than 2^53.');
  return value;
}

function malformed(sentence: string): WireError {
  return new WireError('wire-malformed', sentence);
}
