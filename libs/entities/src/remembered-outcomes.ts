import { EDIT_IDS_REMEMBERED_MAX, EDIT_RESULTS_REMEMBERED_MAX, type EntityId } from '@app/world';
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
 * The newest outcomes by edit id: at most EDIT_IDS_REMEMBERED_MAX, with at most EDIT_RESULTS_REMEMBERED_MAX results in
 * all. The oldest are forgotten first. Part of a world's state, so it depends on nothing but what was put in, in order.
 */
export class RememberedOutcomes {
  private readonly byEditId = new Map<string, RememberedOutcome>();
  /** A ring, because deleting a map's first key again and again makes finding the next one slow. */
  private readonly ring: string[] = [];
  private oldest = 0;
  private resultsCount = 0;

  get size(): number {
    return this.byEditId.size;
  }

  get(editId: string): RememberedOutcome | undefined {
    return this.byEditId.get(editId);
  }

  /** Remembers an outcome whose edit id is not known. */
  put(editId: string, outcome: RememberedOutcome): void {
    if (this.byEditId.size === EDIT_IDS_REMEMBERED_MAX) this.forgetOldest();
    this.ring[(this.oldest + this.byEditId.size) % EDIT_IDS_REMEMBERED_MAX] = editId;
    this.byEditId.set(editId, outcome);
    this.resultsCount += outcome.results.length;
    while (this.resultsCount > EDIT_RESULTS_REMEMBERED_MAX) this.forgetOldest();
  }

  /** All of them, oldest first. */
  list(): Array<[editId: string, outcome: RememberedOutcome]> {
    return Array.from({ length: this.byEditId.size }, (_, i) => {
      const editId = this.ring[(this.oldest + i) % EDIT_IDS_REMEMBERED_MAX];
      return [editId, this.byEditId.get(editId) as RememberedOutcome];
    });
  }

  private forgetOldest(): void {
    const editId = this.ring[this.oldest];
    this.resultsCount -= this.byEditId.get(editId)?.results.length ?? 0;
    this.byEditId.delete(editId);
    this.oldest = (this.oldest + 1) % EDIT_IDS_REMEMBERED_MAX;
  }
}
