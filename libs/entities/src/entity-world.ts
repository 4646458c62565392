import type { EntityId } from '@app/world';
import type { Entity, EntityRecord, EntityTransaction, TransactionOutcome } from './entity.js';
import type { EntityErrorCode } from './entities.errors.js';

/** What a world remembers of a transaction, so that a repetition is done once. */
export interface RememberedOutcome {
  /** Place in the log. */
  readonly sequence: number;
  /** Why it was not done; absent when it was. */
  readonly code?: EntityErrorCode;
  readonly results: ReadonlyArray<{ id: EntityId; revision: number }>;
}

/**
 * The entities of one world at one place of its log. Everything that it becomes is decided by the records that it is
 * given, in their order: two worlds with the same records are equal.
 */
export class EntityWorld {
  /** Place in the log up to which records have been applied; 0 at first. */
  get lastSequence(): number {
    throw new Error('not yet');
  }

  /** Time of the newest record, ms since 1970-01-01 UTC; never falls. */
  get lastWrittenAtMs(): number {
    throw new Error('not yet');
  }

  /** Number of entities. */
  get size(): number {
    throw new Error('not yet');
  }

  /** The entity, as it was at its `movedAtMs`. */
  get(_id: EntityId): Entity | undefined {
    throw new Error('not yet');
  }

  /** Ids of those whose parent it is, in no particular order. */
  childrenOf(_id: EntityId): Iterable<EntityId> {
    throw new Error('not yet');
  }

  /** All entities, in no particular order. */
  entities(): IterableIterator<Entity> {
    throw new Error('not yet');
  }

  /** The topmost parent of an entity, or itself; also for ids that are unknown. */
  rootOf(_id: EntityId): EntityId {
    throw new Error('not yet');
  }

  /** Number of the shard, from 0, that edits of this entity belong to. */
  shardOf(_id: EntityId, _shards: number): number {
    throw new Error('not yet');
  }

  /** What has become of a transaction; undefined when it is unknown or forgotten. */
  outcomeOf(_editId: string): RememberedOutcome | undefined {
    throw new Error('not yet');
  }

  /**
   * Does what a record says, in its order. Deterministic, and never throws. A record whose sequence is not above
   * `lastSequence` has been applied already: nothing happens.
   */
  apply(_record: EntityRecord, _sequence: number): TransactionOutcome[] {
    throw new Error('not yet');
  }

  /** Goes on behind a message of the log that is no record: all readers leave it out. */
  skip(_sequence: number): void {
    throw new Error('not yet');
  }

  /** What would become of transactions if they were the next record, written at `atMs`. Changes nothing. */
  check(_transactions: readonly EntityTransaction[], _atMs: number): TransactionOutcome[] {
    throw new Error('not yet');
  }

  /** 32 bytes: the exclusive or of the SHA-256 of each entity's canonical encoding. */
  hash(): Uint8Array {
    throw new Error('not yet');
  }

  /** Encoded SnapshotParts of at most 1,000 entities, sorted by id; the last one has the end. */
  encodeParts(): Iterable<Uint8Array> {
    throw new Error('not yet');
  }

  /** Reads SnapshotParts. Fails with `snapshot-corrupt`, never otherwise. */
  static decode(_parts: Iterable<Uint8Array>): EntityWorld {
    throw new Error('not yet');
  }
}
