import type { TransactionOutcome } from './entity.js';
import type { EntityWorld } from './entity-world.js';

/**
 * Applies one message of a world's log. All readers do it with this function, so that they agree also on bytes that are
 * no record: these are left out. Never throws.
 */
export function applyLogEntry(
  _world: EntityWorld,
  _entry: { readonly data: Uint8Array; readonly sequence: number },
): TransactionOutcome[] {
  throw new Error('not yet');
}
