import type { Clock } from '@app/clock';
import type { Stream } from '@app/broker';
import type { Composer } from './group-commit.js';
import type { HeldLease } from './held-lease.js';
import { JournalError } from './journal.errors.js';
import type { LogFollower } from './log-follower.js';

export interface EventSourcedActorParts<Submission, Outcome> {
  stream: Stream;
  /** The subject of which this is the one writer. */
  subject: string;
  /** Follows the subject, started by whoever owns the state; its handler calls `applied`. */
  follower: Pick<LogFollower, 'reached' | 'lastSequence'>;
  lease: HeldLease;
  composer: Composer<Submission, Outcome>;
  clock: Clock;
  /** Largest record, in bytes. */
  recordBytesMax: number;
  /** Submissions that may wait; further ones fail with `journal-busy`. Default JOURNAL_SUBMISSIONS_MAX. */
  submissionsMax?: number;
}

/**
 * Writes one subject of a log while its lease lasts, with group commit: whatever waits goes into one record, and each
 * author is told the outcome when the record has been applied, so that the log decides and not a guess.
 */
export class EventSourcedActor<Submission, Outcome> {
  constructor(protected readonly parts: EventSourcedActorParts<Submission, Outcome>) {}

  /** Whether it takes submissions: opened, and neither draining nor stepped down. */
  get isOpen(): boolean {
    return false;
  }

  /** Appends the fence and waits until it has been applied. Fails with a JournalError, and has then stepped down. */
  open(): Promise<void> {
    return Promise.reject(new JournalError('journal-closed', 'Not there yet.'));
  }

  /**
   * Resolves with the outcome when the record has been applied here. Fails with `journal-busy`, or with
   * `journal-fenced`, `journal-unavailable` or `journal-closed`: whether the log has it is then not known.
   */
  submit(_submission: Submission): Promise<Outcome> {
    return Promise.reject(new JournalError('journal-closed', 'Not there yet.'));
  }

  /**
   * The state has applied an entry of this subject, with these outcomes, one for each submission that was put into the
   * record. Called for every entry of the subject, whoever has written it.
   */
  applied(_sequence: number, _outcomes: readonly Outcome[]): void {}

  /** Called once when it takes no submissions any more, for good; undefined after `drain` or `stop`. */
  onSteppedDown(_listener: (error: JournalError | undefined) => void): void {}

  /** Takes nothing new and resolves when everything that waits is answered. */
  drain(): Promise<void> {
    return Promise.resolve();
  }

  /** Fails everything that waits with `journal-closed`. A second call is harmless. */
  stop(): void {}
}
