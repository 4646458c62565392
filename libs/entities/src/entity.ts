import type { EntityId, EntityProperties } from '@app/world';
import type { EntityErrorCode } from './entities.errors.js';

/** Who made an edit: a session, or (session 0) the server itself or an operator's tool. */
export interface EntityAuthor {
  readonly sessionId: number;
  readonly name: string;
}

/** A thing in a world. Never changed: an edit makes another one. */
export interface Entity {
  readonly id: EntityId;
  /** For example `Box`. Unknown types are kept. */
  readonly type: string;
  readonly properties: EntityProperties;
  /** Rises with each change of this entity, also when it is erased and added again: at least the record's sequence. */
  readonly revision: number;
  /** Place in the log of its last change. */
  readonly sequence: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly createdAtMs: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly editedAtMs: number;
  /** Position and velocities are those of this moment; milliseconds since 1970-01-01 UTC. */
  readonly movedAtMs: number;
  readonly createdBy: EntityAuthor;
  readonly editedBy: EntityAuthor;
}

/** One requested change, checked: what the log holds. */
export type EntityEdit =
  | { readonly kind: 'add'; readonly id: EntityId; readonly type: string; readonly properties: EntityProperties }
  | {
      readonly kind: 'change';
      readonly id: EntityId;
      readonly properties: EntityProperties;
      readonly removed: readonly string[];
      /** 0 for no condition. */
      readonly expectedRevision: number;
    }
  | { readonly kind: 'erase'; readonly id: EntityId; readonly expectedRevision: number };

/** Several edits, done all or none. */
export interface EntityTransaction {
  /** Unique in the world; a repetition is done once. */
  readonly editId: string;
  readonly author: EntityAuthor;
  /** 1 to ENTITY_EDITS_MAX. */
  readonly edits: readonly EntityEdit[];
}

/** One message of a world's log. */
export interface EntityRecord {
  readonly epoch: number;
  readonly writer: string;
  readonly writtenAtMs: number;
  readonly transactions: readonly EntityTransaction[];
}

/** What one entity has become. */
export interface EntityChange {
  readonly id: EntityId;
  readonly before: Entity | undefined;
  readonly after: Entity | undefined;
}

/** What has become of a transaction of a record. */
export type TransactionOutcome =
  | {
      readonly kind: 'done';
      readonly editId: string;
      readonly changes: readonly EntityChange[];
      readonly results: ReadonlyArray<{ id: EntityId; revision: number }>;
    }
  /** It had been done before, at `sequence`. */
  | {
      readonly kind: 'repeated';
      readonly editId: string;
      readonly sequence: number;
      readonly results: ReadonlyArray<{ id: EntityId; revision: number }>;
    }
  /** The world had changed when its turn came: nothing of it was done. */
  | ({ readonly kind: 'void'; readonly editId: string } & TransactionRefusal);

/** Why nothing of a transaction is done. */
export interface TransactionRefusal {
  readonly code: EntityErrorCode;
  readonly text: string;
  /** The property that is wrong; absent when there is none. */
  readonly field?: string;
  /** Which of its edits, from 0. */
  readonly editIndex: number;
}
