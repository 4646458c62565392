import { assert, JOURNAL_SUBMISSIONS_MAX } from '@app/world';
import { JournalError } from './journal.errors.js';

/** What was made of the first submissions that wait. */
export interface Composition<Outcome> {
  /** Submissions that this deals with, from the first one on: 1 to all. */
  readonly taken: number;
  /**
   * For each of them its outcome when it was decided without the log, undefined when it is in the record. Absent: all are
   * in the record.
   */
  readonly decided?: ReadonlyArray<Outcome | undefined>;
  /** What is appended; absent when all were decided. */
  readonly record?: Uint8Array;
}

/** What the owner of a log's subject knows about what is submitted. */
export interface Composer<Submission, Outcome> {
  /** The empty record that makes writers of older epochs harmless. */
  composeFence(epoch: number): Uint8Array;
  /** Puts as many of the waiting submissions into one record as fit. Called when the record before it has been applied. */
  compose(waiting: readonly Submission[], epoch: number): Composition<Outcome>;
}

/** What becomes of a record. */
export interface GroupCommitSteps<Submission, Outcome> {
  compose(waiting: readonly Submission[]): Composition<Outcome>;
  /** Resolves with its sequence when the log has it. */
  append(record: Uint8Array): Promise<number>;
  /** Resolves when the record at a place was applied, and `applied` was called for it. */
  reached(sequence: number): Promise<void>;
  /** Something failed: everything in flight and waiting was told. Nothing is taken any more. */
  failed(error: JournalError): void;
}

interface Pending<Outcome> {
  resolve(outcome: Outcome): void;
  reject(error: JournalError): void;
}

/** Records applied while one is in flight whose outcomes are kept: its own, and those of a rival that is faster. */
const APPLIED_KEPT_MAX = 64;

/**
 * Puts what waits into one record at a time: the longer the log takes, the more goes into the next one. So many authors
 * share one append, and each is told its outcome when the record has been applied.
 */
export class GroupCommit<Submission, Outcome> {
  private submissions: Submission[] = [];
  private authors: Pending<Outcome>[] = [];
  private inFlight: Pending<Outcome>[] = [];
  private readonly outcomes = new Map<number, readonly Outcome[]>();
  private isRunning = false;
  private ended: JournalError | undefined;
  private idle: (() => void)[] = [];

  constructor(
    private readonly steps: GroupCommitSteps<Submission, Outcome>,
    private readonly submissionsMax: number = JOURNAL_SUBMISSIONS_MAX,
  ) {}

  /** Submissions that are not answered yet. */
  get size(): number {
    return this.authors.length + this.inFlight.length;
  }

  submit(submission: Submission): Promise<Outcome> {
    if (this.ended) return Promise.reject(this.ended);
    if (this.authors.length >= this.submissionsMax) {
      return Promise.reject(new JournalError('journal-busy', 'Too much waits to be written already.'));
    }
    return new Promise((resolve, reject) => {
      this.submissions.push(submission);
      this.authors.push({ resolve, reject });
      if (!this.isRunning) void this.run();
    });
  }

  /** The outcomes of a record that was applied, one for each submission in it, whoever has written it. */
  applied(sequence: number, outcomes: readonly Outcome[]): void {
    if (this.inFlight.length > 0 && this.outcomes.size < APPLIED_KEPT_MAX) this.outcomes.set(sequence, outcomes);
  }

  /** Resolves when everything is answered. */
  whenIdle(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  /** Everything that is not answered fails with this, and everything that is submitted later. */
  end(error: JournalError): void {
    if (this.ended) return;
    this.ended = error;
    const all = [...this.inFlight, ...this.authors];
    this.inFlight = [];
    this.authors = [];
    this.submissions = [];
    this.outcomes.clear();
    for (const { reject } of all) reject(error);
    this.tellIdle();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    try {
      // What is submitted in the same turn belongs into the same record.
      await Promise.resolve();
      while (this.authors.length > 0) await this.commitOnce();
    } catch (error) {
      const failure = toJournalError(error);
      this.end(failure);
      this.steps.failed(failure);
    } finally {
      this.isRunning = false;
    }
    this.tellIdle();
  }

  private async commitOnce(): Promise<void> {
    const { taken, decided, record } = this.steps.compose(this.submissions);
    assert(taken >= 1 && taken <= this.authors.length, 'a composition deals with some of what waits');
    this.submissions = this.submissions.slice(taken);
    this.inFlight = this.authors.slice(0, taken);
    this.authors = this.authors.slice(taken);
    try {
      const outcomes = record ? await this.write(record) : [];
      if (!this.ended) this.answer(decided, outcomes);
    } catch (error) {
      if (!(error instanceof JournalError) || error.code !== 'journal-record-too-large') throw error;
      // Nothing was written, and nothing is wrong with the others.
      for (const { reject } of this.inFlight.splice(0)) reject(error);
    }
  }

  private async write(record: Uint8Array): Promise<readonly Outcome[]> {
    const sequence = await this.steps.append(record);
    await this.steps.reached(sequence);
    const outcomes = this.outcomes.get(sequence);
    assert(outcomes || this.ended, 'the state tells what has become of each record');
    return outcomes ?? [];
  }

  /** Those in the record have their outcomes in its order; the others were decided before. */
  private answer(decided: ReadonlyArray<Outcome | undefined> | undefined, outcomes: readonly Outcome[]): void {
    const inRecord = this.inFlight.filter((_, index) => decided?.[index] === undefined);
    assert(inRecord.length === outcomes.length, 'each submission of a record has one outcome');
    const authors = this.inFlight;
    this.inFlight = [];
    this.outcomes.clear();
    let next = 0;
    for (const [index, author] of authors.entries()) {
      const known = decided?.[index];
      author.resolve(known === undefined ? outcomes[next++] : known);
    }
  }

  private tellIdle(): void {
    if (this.size > 0) return;
    for (const resolve of this.idle.splice(0)) resolve();
  }
}

/** A composer or a state that throws is broken: whether something was written is not known. */
function toJournalError(error: unknown): JournalError {
  if (error instanceof JournalError) return error;
  return new JournalError('journal-unavailable', 'The record could not be made or applied.', { cause: error });
}
