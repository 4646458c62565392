/** One message of a log, as those who follow it get it. */
export interface LogEntry {
  /** The subject that it was appended to, also when it came by way of the republished one. */
  readonly subject: string;
  /** Place in the whole log, from 1. */
  readonly sequence: number;
  readonly data: Uint8Array;
  /** Milliseconds since 1970-01-01 UTC; known only for what was read from the log, not for what was just heard. */
  readonly storedAtMs?: number;
}

/** What is done with an entry. The next one waits until it resolves; one that fails is given again. */
export type LogEntryHandler = (entry: LogEntry) => void | Promise<void>;

/** The two patterns of a log, with the same number of `*`: what is appended, and what is republished. */
export interface LogSubjects {
  /** For example `vw.main.entity.log.*`. */
  readonly log: string;
  /** For example `vw.main.entity.out.*`. */
  readonly out: string;
}
