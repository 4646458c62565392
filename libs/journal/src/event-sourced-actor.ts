import { type Clock, type Random, SystemRandom } from '@app/clock';
import type { Lease } from '@app/actor';
import type { Stream, Subscription } from '@app/broker';
import { assert } from '@app/world';
import { type Composer, GroupCommit } from './group-commit.js';
import { JournalError } from './journal.errors.js';
import type { LogFollower } from './log-follower.js';
import { LogWriter } from './log-writer.js';

/** What a writer needs of a lease. */
export type WriterLease = Pick<Lease, 'epoch' | 'isHeld' | 'onEnded'>;

export interface EventSourcedActorParts<Submission, Outcome> {
  stream: Stream;
  /** The subject of which this is the one writer. */
  subject: string;
  /** Follows the subject, started by whoever owns the state; its handler calls `applied`. */
  follower: Pick<LogFollower, 'reached'>;
  lease: WriterLease;
  composer: Composer<Submission, Outcome>;
  clock: Clock;
  /** Largest record, in bytes. */
  recordBytesMax: number;
  /** Submissions that may wait; further ones fail with `journal-busy`. Default JOURNAL_SUBMISSIONS_MAX. */
  submissionsMax?: number;
  /** How long an append whose fate is not known is looked into, in ms. Default 10,000. */
  resolveMsMax?: number;
  /** Makes the names of records unique. Default: the machine's. */
  random?: Random;
}

/** How long a record that the log has may take to be applied here, in ms. */
const APPLY_TIMEOUT_MS = 10_000;

/**
 * Writes one subject of a log while its lease lasts, with group commit: whatever waits goes into one record, and each
 * author is told the outcome when the record has been applied, so that the log decides and not a guess.
 *
 * It steps down, for good, when the lease is lost, when somebody else has written, and when it cannot know any more what
 * the log has. Its owner then makes another one, if the lease is still held.
 */
export class EventSourcedActor<Submission, Outcome> {
  private readonly writer: LogWriter;
  private readonly commits: GroupCommit<Submission, Outcome>;
  private readonly listeners: ((error: JournalError | undefined) => void)[] = [];
  private readonly run: string;
  private recordCount = 0;
  private state: 'new' | 'opening' | 'open' | 'draining' | 'ended' = 'new';
  private ended: JournalError | undefined;
  private watch: Subscription | undefined;

  constructor(private readonly parts: EventSourcedActorParts<Submission, Outcome>) {
    const { stream, subject, clock, recordBytesMax, resolveMsMax, lease } = parts;
    const random = parts.random ?? new SystemRandom();
    this.run = `${lease.epoch}-${random.nextUint32().toString(16)}${random.nextUint32().toString(16)}`;
    this.writer = new LogWriter(stream, subject, clock, { recordBytesMax, resolveMsMax });
    this.commits = new GroupCommit(
      {
        compose: (waiting) => parts.composer.compose(waiting, lease.epoch),
        append: (record) => this.append(record),
        reached: (sequence) => parts.follower.reached(sequence, APPLY_TIMEOUT_MS),
        failed: (error) => this.stepDown(error),
      },
      parts.submissionsMax,
    );
  }

  /** Whether it takes submissions: opened, and neither draining nor stepped down. */
  get isOpen(): boolean {
    return this.state === 'open';
  }

  /** Submissions that are not answered yet. */
  get pendingCount(): number {
    return this.commits.size;
  }

  /** Appends the fence and waits until it has been applied. Fails with a JournalError, and has then stepped down. */
  async open(): Promise<void> {
    assert(this.state === 'new' || this.ended, 'an actor is opened once');
    try {
      if (this.ended) throw this.ended;
      this.state = 'opening';
      this.watch = this.parts.lease.onEnded(() => this.stepDown());
      await this.writer.open();
      const sequence = await this.append(this.parts.composer.composeFence(this.parts.lease.epoch));
      await this.parts.follower.reached(sequence, APPLY_TIMEOUT_MS);
      // Whoever held the lease before cannot have written since: the state is the newest one.
      if (this.ended) throw this.ended;
      this.state = 'open';
    } catch (error) {
      this.stepDown(error instanceof JournalError ? error : undefined);
      throw this.ended ?? error;
    }
  }

  /**
   * Resolves with the outcome when the record has been applied here. Fails with `journal-busy`, or with
   * `journal-fenced`, `journal-unavailable`, `journal-timeout` or `journal-closed`: whether the log has it is then not
   * known.
   */
  submit(submission: Submission): Promise<Outcome> {
    if (this.state === 'open') return this.commits.submit(submission);
    return Promise.reject(this.ended ?? closed(this.parts.subject));
  }

  /**
   * The state has applied an entry of this subject, with these outcomes, one for each submission that was put into the
   * record. Called for every entry of the subject, whoever has written it.
   */
  applied(sequence: number, outcomes: readonly Outcome[]): void {
    this.commits.applied(sequence, outcomes);
  }

  /** Called once when it takes no submissions any more, for good; with undefined after `drain` and `stop`. */
  onSteppedDown(listener: (error: JournalError | undefined) => void): void {
    this.listeners.push(listener);
  }

  /** Takes nothing new and resolves when everything that waits is answered; then it has stepped down. */
  async drain(): Promise<void> {
    if (this.state === 'open') this.state = 'draining';
    await this.commits.whenIdle();
    this.stop();
  }

  /** Fails everything that waits with `journal-closed`. A second call is harmless. */
  stop(): void {
    this.end(closed(this.parts.subject), undefined);
  }

  /** Fails everything that waits, with `journal-fenced` unless told otherwise: somebody else writes from now on. */
  stepDown(error = new JournalError('journal-fenced', `The lease of ${this.parts.subject} is lost.`)): void {
    this.end(error, error);
  }

  private append(record: Uint8Array): Promise<number> {
    if (!this.parts.lease.isHeld) {
      return Promise.reject(new JournalError('journal-fenced', `The lease of ${this.parts.subject} is lost.`));
    }
    return this.writer.append(record, `${this.run}-${this.recordCount++}`);
  }

  private end(error: JournalError, told: JournalError | undefined): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.ended = error;
    this.watch?.unsubscribe();
    this.writer.close();
    this.commits.end(error);
    for (const listener of this.listeners) listener(told);
  }
}

function closed(subject: string): JournalError {
  return new JournalError('journal-closed', `${subject} is not written here.`);
}
