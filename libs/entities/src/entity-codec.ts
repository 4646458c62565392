import type { vicinity } from '@app/wire';
import type { Entity, EntityAuthor, EntityEdit, EntityRecord, EntityTransaction } from './entity.js';

/** An edit as it is put into another message. */
export function editFieldsOf(_edit: EntityEdit): vicinity.v1.EntityEdit.$Properties {
  throw new Error('not yet');
}

/** A transaction as it is put into another message; `powers` only for requests, never for the log. */
export function transactionFieldsOf(
  _transaction: EntityTransaction,
  _powers = 0,
): vicinity.v1.EntityTransaction.$Properties {
  throw new Error('not yet');
}

/** Encodes one message of a world's log. */
export function encodeRecord(_record: EntityRecord): Uint8Array {
  throw new Error('not yet');
}

/** Bytes that a transaction takes in a record. */
export function transactionBytesOf(_transaction: EntityTransaction): number {
  throw new Error('not yet');
}

/** Decodes one message of a world's log. Fails with `wire-malformed` or `wire-too-large`, never otherwise. */
export function decodeRecord(_bytes: Uint8Array): EntityRecord {
  throw new Error('not yet');
}

/** An entity as it is put into another message: every field, properties sorted. The same for equal entities. */
export function stateFieldsOf(_entity: Entity): vicinity.v1.EntityState.$Properties {
  throw new Error('not yet');
}

/** An entity in its canonical encoding, an EntityState: equal entities have equal bytes. */
export function encodeEntity(_entity: Entity): Uint8Array {
  throw new Error('not yet');
}

/** Reads a decoded EntityState that is whole. Fails with `wire-malformed`, never otherwise. */
export function entityOfState(_state: vicinity.v1.EntityState.$Properties): Entity {
  throw new Error('not yet');
}

/** Reads a decoded EntityAuthor; absent ones are the server. */
export function authorOf(_message: vicinity.v1.EntityAuthor.$Properties | null | undefined): EntityAuthor {
  throw new Error('not yet');
}
