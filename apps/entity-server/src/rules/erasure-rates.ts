import type { Clock } from '@app/clock';
import type { EntityEdit } from '@app/entities';
import type { EntityId } from '@app/world';

/** Entities that erasures from one network address may take with them each second, and how far beyond that one may get. */
export const ERASED_BELOW_PER_SECOND = 1_000;
export const ERASED_BELOW_BURST = 20_000;
/** Addresses that are counted; the one that was counted first is forgotten for a new one. */
const ADDRESSES_MAX = 16_384;

/**
 * Nobody makes a world busy with erasures of large trees that in the end are not done. Whoever erases one may go on at once,
 * but waits before the next until what it took has worn off: that way every tree can be erased, however large.
 *
 * Counted by each entity-server for what it is asked for, done or not, because trying takes as long.
 */
export class ErasureRates {
  private readonly taken = new Map<number, { count: number; atMs: number }>();

  constructor(private readonly clock: Clock) {}

  /** Whether erasures from there have to wait that take more than they name. Origin 0 is nobody's address. */
  mustWait(origin: number): boolean {
    return origin !== 0 && this.countOf(origin) >= ERASED_BELOW_BURST;
  }

  /** Erasures take so many entities with them. */
  spend(origin: number, count: number): void {
    if (origin === 0 || count === 0) return;
    const sum = this.countOf(origin) + count;
    if (!this.taken.has(origin) && this.taken.size >= ADDRESSES_MAX) {
      for (const oldest of this.taken.keys()) {
        this.taken.delete(oldest);
        break;
      }
    }
    this.taken.set(origin, { count: sum, atMs: this.clock.nowMs() });
  }

  private countOf(origin: number): number {
    const known = this.taken.get(origin);
    if (!known) return 0;
    return Math.max(0, known.count - ((this.clock.nowMs() - known.atMs) / 1_000) * ERASED_BELOW_PER_SECOND);
  }
}

/**
 * How many entities the erasures of a transaction may take with them, besides those that its edits name. What hangs on
 * something that the transaction moves counts, too: it may have come to hang on what is erased.
 *
 * @param countMax  beyond so many they are no longer counted
 */
export function countErasedBelow(
  edits: readonly EntityEdit[],
  world: { childrenOf(id: EntityId): Iterable<EntityId> },
  countMax = Infinity,
): number {
  if (!edits.some(({ kind }) => kind === 'erase')) return 0;
  const found = new Set(edits.filter(isErasingOrMoving).map(({ id }) => id));
  const namedCount = found.size;
  // What is added to a set while it is walked through has its turn.
  for (const id of found) {
    for (const child of world.childrenOf(id)) {
      found.add(child);
      if (found.size - namedCount > countMax) return countMax + 1;
    }
  }
  return found.size - namedCount;
}

function isErasingOrMoving(edit: EntityEdit): boolean {
  if (edit.kind !== 'change') return edit.kind === 'erase';
  return 'parentID' in edit.properties || edit.removed.includes('parentID');
}
