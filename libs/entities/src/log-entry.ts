import { WireError } from '@app/wire';
import { Buffer } from 'node:buffer';
import type { EntityRecord, TransactionOutcome } from './entity.js';
import { decodeRecord } from './entity-codec.js';
import type { EntityWorld, WorldDraft } from './entity-world.js';

/** One message of a world's log. */
export interface WorldLogEntry {
  readonly data: Uint8Array;
  readonly sequence: number;
}

/** The record in a message of the log; undefined when it is none. */
export function recordOfEntry({ data }: WorldLogEntry): EntityRecord | undefined {
  try {
    return decodeRecord(data);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

/** A record that its writer has tried on the world before it went to the log. */
export interface ProposedRecord {
  /** As it was appended. */
  readonly data: Uint8Array;
  /** Of exactly its transactions and its time. */
  readonly draft: WorldDraft;
}

/**
 * Applies one message of a world's log. All readers do it with this function, so that they agree also on bytes that are
 * no record (recordOfEntry): these are left out. Never throws.
 *
 * @param proposed  what is done without decoding it, if it is this message, and nothing has come before it
 */
export function applyLogEntry(
  world: EntityWorld,
  entry: WorldLogEntry,
  proposed?: ProposedRecord,
): readonly TransactionOutcome[] {
  if (proposed && Buffer.compare(proposed.data, entry.data) === 0) {
    const outcomes = world.applyDraft(proposed.draft, entry.sequence);
    if (outcomes) return outcomes;
  }
  const record = recordOfEntry(entry);
  if (record) return world.apply(record, entry.sequence);
  world.skip(entry.sequence);
  return [];
}
