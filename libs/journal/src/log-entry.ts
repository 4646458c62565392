/** One message of a log, as those who follow it get it. */
export interface LogEntry {
  /** The subject that it was appended to, also when it came by way of the republished one. */
  readonly subject: string;
  /** Place in the whole log, from 1. */
  readonly sequence: number;
  /** Must not be changed; may be kept. */
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

/** A function that gives the subject that something was appended to, from the one on which it was republished. */
export function toLogSubject({ log, out }: LogSubjects): (subject: string) => string {
  const pattern = log.split('.');
  const places = out.split('.').flatMap((token, index) => (token === '*' ? [index] : []));
  return (subject) => {
    const tokens = subject.split('.');
    let star = 0;
    return pattern.map((token) => (token === '*' ? tokens[places[star++]] : token)).join('.');
  };
}
