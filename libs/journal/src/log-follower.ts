import type { Clock, Timer } from '@app/clock';
import type { Broker, BrokerMessage, Stream, Subscription } from '@app/broker';
import { assert } from '@app/world';
import { EntryGiver } from './entry-giver.js';
import { HeardEntries, type HeardEntry } from './heard-entries.js';
import { JournalError } from './journal.errors.js';
import { type LogEntry, type LogEntryHandler, type LogSubjects, toLogSubject } from './log-entry.js';
import { LogReader } from './log-reader.js';
import { Pause } from './pause.js';
import { SequenceWaiters } from './sequence-waiters.js';

/** What a follower has met since it was made. All of them only rise. */
export interface FollowerCounters {
  /** Entries that the handler is done with. */
  readonly entries: number;
  /** Times that something was missing and read from the log: lost on the way, or too much at once. */
  readonly gaps: number;
  /** Entries heard again, which are dropped. */
  readonly duplicates: number;
  /** Times that the handler failed; the entry was given to it again. */
  readonly handlersFailed: number;
}

/** Pause before the log is asked again after it did not answer, in ms. */
const RETRY_MS = 200;
/** Somebody waits for an entry so long: it may have been lost on the way, so the log is asked, in ms. */
const NUDGE_MS = 250;
/** When nothing was heard in this time, the log is asked whether there is something, in ms. */
const CHECK_INTERVAL_MS = 5_000;

/**
 * Reads a whole log in its order, each entry once, without gaps: first what is there, then what is republished as it is
 * stored. What got lost on the way is noticed by its sequence and read from the log, also after the broker was away.
 */
export class LogFollower {
  private readonly counts = { entries: 0, gaps: 0, duplicates: 0, handlersFailed: 0 };
  private readonly heard = new HeardEntries();
  private readonly waiters: SequenceWaiters;
  private readonly failedListeners: ((error: JournalError) => void)[] = [];
  private readonly gapListeners: ((fromSequence: number, toSequence: number) => void)[] = [];
  private readonly handlerFailedListeners: ((error: unknown, entry: LogEntry) => void)[] = [];
  private readonly logSubjectOf: (subject: string) => string;
  private readonly hasOneSubject: boolean;
  private readonly pause: Pause;
  private readonly reader: LogReader;
  private giver: EntryGiver | undefined;
  private subscriptions: Subscription[] = [];
  private checkTimer: Timer | undefined;
  private nudgeTimer: Timer | undefined;
  /** Everything up to here was given to the handler. */
  private position = 0;
  private positionChecked = -1;
  /** Something may be in the log that was not heard. */
  private isBehind = false;
  private isPumping = false;
  /** Shows after a break whether the log is still the same one. */
  private newest: LogEntry | undefined;
  private isProofNeeded = false;
  private ended: JournalError | undefined;
  /** The entries that were there at the start were given. */
  private isLive = false;
  private caughtUp: { resolve(): void; reject(error: JournalError): void } | undefined;

  constructor(
    private readonly broker: Broker,
    stream: Stream,
    private readonly subjects: LogSubjects,
    private readonly clock: Clock,
  ) {
    this.waiters = new SequenceWaiters(clock);
    this.pause = new Pause(clock);
    this.reader = new LogReader(stream, subjects.log, clock, this.pause);
    this.logSubjectOf = toLogSubject(subjects);
    this.hasOneSubject = !/[*>]/.test(subjects.log);
  }

  get counters(): FollowerCounters {
    return this.counts;
  }

  /** The handler is done with everything up to this place in the log. */
  get lastSequence(): number {
    return this.position;
  }

  /**
   * Resolves when all entries that were in the log at the call, from `fromSequence` on, were given to `onEntry`. Goes on
   * trying while the broker is away. Fails with `journal-gone`, `journal-diverged` or `journal-closed`.
   */
  async start(fromSequence: number, onEntry: LogEntryHandler): Promise<void> {
    assert(!this.giver, 'a follower is started once');
    if (this.ended) throw this.ended;
    this.position = Math.max(1, fromSequence) - 1;
    this.giver = new EntryGiver(onEntry, this.clock, (error, entry) => {
      this.counts.handlersFailed++;
      for (const listener of this.handlerFailedListeners) listener(error, entry);
    });
    this.subscriptions = [
      this.broker.subscribe(this.subjects.out, (message) => this.hear(message)),
      this.broker.onStatus(({ type }) => {
        if (type === 'connected') this.lookAgain(true);
      }),
    ];
    this.checkTimer = this.clock.every(CHECK_INTERVAL_MS, () => this.check());
    const caughtUp = new Promise<void>((resolve, reject) => (this.caughtUp = { resolve, reject }));
    this.lookAgain(false);
    await caughtUp;
  }

  /**
   * Resolves when the handler is done with the entry of this sequence. Fails with `journal-timeout`, `journal-closed`, or
   * what ended the following.
   */
  reached(sequence: number, timeoutMs: number): Promise<void> {
    if (sequence <= this.position) return Promise.resolve();
    if (this.ended) return Promise.reject(this.ended);
    this.nudgeTimer ??= this.clock.after(NUDGE_MS, () => this.nudge());
    return this.waiters.wait(sequence, timeoutMs);
  }

  /** Called once when following had to end (`journal-gone`, `journal-diverged`): the owner begins anew with another one. */
  onFailed(listener: (error: JournalError) => void): void {
    this.failedListeners.push(listener);
  }

  /** Called whenever something was missing and is read from the log, with the first and last missing sequence. */
  onGap(listener: (fromSequence: number, toSequence: number) => void): void {
    this.gapListeners.push(listener);
  }

  /** Called whenever the handler has failed; the entry is given to it again, for ever, and all others wait. */
  onHandlerFailed(listener: (error: unknown, entry: LogEntry) => void): void {
    this.handlerFailedListeners.push(listener);
  }

  /** Ends at once, between two entries. A second call is harmless. */
  stop(): void {
    this.end(new JournalError('journal-closed', 'The log is not followed any more.'));
  }

  private end(error: JournalError): void {
    if (this.ended) return;
    this.ended = error;
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    this.checkTimer?.cancel();
    this.nudgeTimer?.cancel();
    this.heard.clear();
    this.giver?.stop();
    this.pause.end();
    this.caughtUp?.reject(error);
    this.waiters.fail(error);
  }

  private fail(error: JournalError): void {
    if (this.ended) return;
    this.end(error);
    for (const listener of this.failedListeners) listener(error);
  }

  private hear(message: BrokerMessage): void {
    const { sequence, previousSequence } = message;
    // Without a sequence it was no stream that has published it.
    if (this.ended || sequence === undefined) return;
    if (sequence <= this.position) {
      this.counts.duplicates++;
      return;
    }
    const data = new Uint8Array(message.data);
    if (!this.heard.push({ subject: this.logSubjectOf(message.subject), sequence, previousSequence, data })) {
      this.isBehind = true;
    }
    void this.pump();
  }

  /** Reads what may have been missed. */
  private lookAgain(isProofNeeded: boolean): void {
    this.isBehind = true;
    if (isProofNeeded) this.isProofNeeded = true;
    this.pause.end();
    void this.pump();
  }

  private check(): void {
    if (this.position === this.positionChecked && this.broker.isConnected) this.lookAgain(false);
    this.positionChecked = this.position;
  }

  private nudge(): void {
    this.nudgeTimer = undefined;
    if (this.waiters.size === 0) return;
    this.nudgeTimer = this.clock.after(NUDGE_MS, () => this.nudge());
    if (this.broker.isConnected) this.lookAgain(false);
  }

  /** The one loop that gives entries to the handler. Runs in the caller's turn as long as nothing has to be waited for. */
  private async pump(): Promise<void> {
    if (this.isPumping) return;
    this.isPumping = true;
    try {
      while (!this.ended) {
        if (this.isBehind) {
          await this.catchUp();
          continue;
        }
        const entry = this.heard.shift();
        if (!entry) break;
        const work = this.take(entry);
        if (work) await work;
      }
    } finally {
      this.isPumping = false;
    }
  }

  private take(entry: HeardEntry): Promise<void> | undefined {
    const { sequence, previousSequence } = entry;
    if (sequence <= this.position) {
      this.counts.duplicates++;
      return undefined;
    }
    const isNextOfSubject = this.hasOneSubject && previousSequence !== undefined && previousSequence <= this.position;
    if (sequence === this.position + 1 || isNextOfSubject) return this.give(entry);
    return this.fill(entry);
  }

  /** Reads what is missing before an entry, then gives it. */
  private async fill(entry: HeardEntry): Promise<void> {
    try {
      await this.read(this.position + 1, entry.sequence - 1);
      await this.give(entry);
    } catch (error) {
      await this.afterFailure(error);
    }
  }

  private async catchUp(): Promise<void> {
    this.isBehind = false;
    try {
      const lastSequence = await this.reader.endAfter(this.position);
      // A log that was lost and written anew may be as long as the old one.
      if (this.isProofNeeded && this.newest) await this.reader.prove(this.newest);
      this.isProofNeeded = false;
      if (lastSequence > this.position) await this.read(this.position + 1, lastSequence);
      if (this.ended) return;
      this.isLive = true;
      this.caughtUp?.resolve();
    } catch (error) {
      await this.afterFailure(error);
    }
  }

  /** Gives what the log has in a range that was not heard. */
  private async read(fromSequence: number, toSequence: number): Promise<void> {
    if (this.isLive) this.tellGap(fromSequence, toSequence);
    await this.reader.read(fromSequence, toSequence, (stored) => {
      const work = this.give(stored);
      return work ? work.then(() => !this.ended) : !this.ended;
    });
    if (!this.ended) this.done(toSequence);
  }

  /** Tries again, unless trying is in vain. */
  private async afterFailure(error: unknown): Promise<void> {
    if (error instanceof JournalError && !error.retryable) return this.fail(error);
    this.isBehind = true;
    await this.pause.take(RETRY_MS);
  }

  private give(entry: LogEntry): Promise<void> | undefined {
    const work = this.giver?.give(entry);
    return work ? work.then((isDone) => void (isDone && this.given(entry))) : this.given(entry);
  }

  private given(entry: LogEntry): undefined {
    this.counts.entries++;
    this.newest = entry;
    this.done(entry.sequence);
  }

  private done(sequence: number): void {
    if (sequence <= this.position) return;
    this.position = sequence;
    this.waiters.reach(sequence);
  }

  private tellGap(fromSequence: number, toSequence: number): void {
    this.counts.gaps++;
    for (const listener of this.gapListeners) listener(fromSequence, toSequence);
  }
}
