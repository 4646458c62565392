import { WireError } from '@app/wire';
import type { EntityRecord, TransactionOutcome } from './entity.js';
import { decodeRecord } from './entity-codec.js';
import type { EntityWorld } from './entity-world.js';

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

/**
 * Applies one message of a world's log. All readers do it with this function, so that they agree also on bytes that are
 * no record (recordOfEntry): these are left out. Never throws.
 */
export function applyLogEntry(world: EntityWorld, entry: WorldLogEntry): TransactionOutcome[] {
  const record = recordOfEntry(entry);
  if (record) return world.apply(record, entry.sequence);
  world.skip(entry.sequence);
  return [];
}
