import type { Clock } from '@app/clock';
import type { Broker, Stream } from '@app/broker';
import { JournalError } from './journal.errors.js';
import type { LogEntryHandler, LogSubjects } from './log-entry.js';

/** What a follower has met since it was made. All of them only rise. */
export interface FollowerCounters {
  /** Entries given to the handler. */
  readonly entries: number;
  /** Times that something was missing and read from the log: lost on the way, or too much at once. */
  readonly gaps: number;
  /** Entries heard again, which are dropped. */
  readonly duplicates: number;
  /** Times that the handler failed; the entry was given to it again. */
  readonly handlersFailed: number;
}

/**
 * Reads a whole log in its order, each entry once, without gaps: first what is there, then what is republished as it is
 * stored. What got lost on the way is noticed by its sequence and read from the log.
 */
export class LogFollower {
  readonly counters: FollowerCounters = { entries: 0, gaps: 0, duplicates: 0, handlersFailed: 0 };

  constructor(
    protected readonly broker: Broker,
    protected readonly stream: Stream,
    protected readonly subjects: LogSubjects,
    protected readonly clock: Clock,
  ) {}

  /** Sequence of the last entry that the handler is done with; one less than where it began when there was none. */
  get lastSequence(): number {
    return 0;
  }

  /**
   * Resolves when all entries that were in the log at the call, from `fromSequence` on, were given to `onEntry`. Goes on
   * trying while the broker is away. Fails with `journal-gone`, `journal-diverged` or `journal-closed`.
   */
  start(_fromSequence: number, _onEntry: LogEntryHandler): Promise<void> {
    return Promise.reject(new JournalError('journal-closed', 'Not there yet.'));
  }

  /**
   * Resolves when the handler is done with the entry of this sequence. Fails with `journal-timeout`, `journal-closed`, or
   * what ended the following.
   */
  reached(_sequence: number, _timeoutMs: number): Promise<void> {
    return Promise.reject(new JournalError('journal-closed', 'Not there yet.'));
  }

  /** Called once when following had to end (`journal-gone`, `journal-diverged`): the owner begins anew with another one. */
  onFailed(_listener: (error: JournalError) => void): void {}

  /** Called whenever something was missing and is read from the log, with the first and last missing sequence. */
  onGap(_listener: (fromSequence: number, toSequence: number) => void): void {}

  /** Ends at once, between two entries. A second call is harmless. */
  stop(): void {}
}
