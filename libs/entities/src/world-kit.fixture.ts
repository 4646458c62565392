import type { EntityId, EntityProperties } from '@app/world';
import { randomUUID } from 'node:crypto';
import {
  type Entity,
  type EntityAuthor,
  type EntityEdit,
  type EntityRecord,
  encodeRecord,
  EntityWorld,
  type TransactionOutcome,
  type WorldLogEntry,
} from './index.js';
import { ADA } from './naive-world.fixture.js';

export const START_MS = 1_785_000_000_000;

export const add = (id: EntityId, properties: EntityProperties = {}, type = 'Box'): EntityEdit => ({
  kind: 'add',
  id,
  type,
  properties,
});

export const change = (
  id: EntityId,
  properties: EntityProperties = {},
  removed: readonly string[] = [],
  expectedRevision = 0,
): EntityEdit => ({ kind: 'change', id, properties, removed, expectedRevision });

export const erase = (id: EntityId): EntityEdit => ({ kind: 'erase', id, expectedRevision: 0 });

/** A world and the log that it came from. */
export class WorldKit {
  readonly world = new EntityWorld();
  readonly log: WorldLogEntry[] = [];
  /** Ms after START_MS at which the next record is written. */
  atMs = 0;

  /** Appends one transaction, and does it; it must be possible. */
  do(author: EntityAuthor, ...edits: EntityEdit[]): void {
    const outcome = this.try(author, ...edits);
    if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  }

  try(author: EntityAuthor, ...edits: EntityEdit[]): TransactionOutcome {
    return this.append([{ editId: randomUUID(), author, edits }])[0];
  }

  append(transactions: EntityRecord['transactions']): TransactionOutcome[] {
    const record = { epoch: 1, writer: 'entity-server-1', writtenAtMs: START_MS + this.atMs, transactions };
    const sequence = this.world.lastSequence + 1;
    this.log.push({ sequence, data: encodeRecord(record) });
    return this.world.apply(record, sequence);
  }

  /** Does transactions as an operator does them. */
  follow(plan: ReadonlyArray<readonly EntityEdit[]>): void {
    for (const edits of plan) this.do({ sessionId: 0, name: 'operator' }, ...edits);
  }

  async *entries(): AsyncIterable<WorldLogEntry> {
    yield* this.log;
  }
}

/** A world with these entities, as Ada has made them. */
export function worldOf(edits: readonly EntityEdit[]): WorldKit {
  const kit = new WorldKit();
  if (edits.length > 0) kit.do(ADA, ...edits);
  return kit;
}

/** All entities by id, with what matters to people. */
export function contentsOf(entities: Iterable<Pick<Entity, 'id' | 'type' | 'properties'>>): Record<EntityId, unknown> {
  return Object.fromEntries([...entities].map(({ id, type, properties }) => [id, { type, properties }]));
}
