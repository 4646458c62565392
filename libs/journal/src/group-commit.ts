/** What was made of the first submissions that wait. */
export interface Composition<Outcome> {
  /** Submissions that this deals with, from the first one on: 1 to all. */
  readonly taken: number;
  /** For each of them its outcome when it was decided without the log, undefined when it is in the record. Absent: all are in the record. */
  readonly decided?: ReadonlyArray<Outcome | undefined>;
  /** What is appended; absent when all were decided. */
  readonly record?: Uint8Array;
  /** Names this record and no other; drawn when absent. */
  readonly messageId?: string;
}

/** What the owner of a log's subject knows about what is submitted. */
export interface Composer<Submission, Outcome> {
  /** The empty record that makes writers of older epochs harmless. */
  composeFence(epoch: number): Uint8Array;
  /** Puts as many of the waiting submissions into one record as fit. Called when the record before it has been applied. */
  compose(waiting: readonly Submission[], epoch: number): Composition<Outcome>;
}
