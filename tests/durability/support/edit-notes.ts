import type { EntityId } from '@app/world';

/** What an author was told in the end. */
export type NotedOutcome =
  | { kind: 'acked'; sequence: number; results: ReadonlyArray<{ id: EntityId; revision: number }> }
  /** A final no: nothing of it was done, nor will be. */
  | { kind: 'refused'; code: string }
  /** Nobody could say: it may have been done. */
  | { kind: 'unknown'; code: string };

/** One transaction as its author remembers it. */
export interface EditNote {
  author: string;
  /** What the log calls it. Authors in a page do not know that: their gateway names their edits. */
  editId?: string;
  /** Stands in `userData` of its first edit, and of no other transaction. */
  token: string;
  /** Not later than the moment in which it was sent, on the monotonic clock. */
  beganMs: number;
  /** Not earlier than the moment in which the answer came. */
  endedMs: number;
  outcome: NotedOutcome;
}
