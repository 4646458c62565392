import { type Clock, pause } from '@app/clock';
import { BrokerError, type StoredMessage, type Stream } from '@app/broker';
import { assert } from '@app/world';
import { JournalError } from './journal.errors.js';

export interface LogWriterOptions {
  /** Largest record, in bytes. */
  recordBytesMax: number;
  /** How long an append whose fate is not known is looked into before `journal-unavailable`, in ms. Default 10,000. */
  resolveMsMax?: number;
}

const RESOLVE_MS_MAX = 10_000;
/** Pause before the log is asked again after it did not answer, in ms. */
const RETRY_MS = 100;

/** The one writer of a subject, as long as nobody else writes there. One append is in flight at a time. */
export class LogWriter {
  private last = 0;
  /** Whether `last` is what the log has. */
  private isOpen = false;
  private isAppending = false;
  private ended: JournalError | undefined;
  private readonly endListeners = new Set<() => void>();

  constructor(
    private readonly stream: Stream,
    private readonly subject: string,
    private readonly clock: Clock,
    private readonly options: LogWriterOptions,
  ) {}

  /** Sequence of the subject's last record as this writer knows it; 0 when there is none. */
  get lastSequence(): number {
    return this.last;
  }

  /** Learns the subject's last sequence, which the next append will name. Again after `journal-unavailable`. */
  async open(): Promise<void> {
    const [newest] = await this.insist(() => this.stream.last(this.subject, 1));
    this.last = newest?.sequence ?? 0;
    this.isOpen = true;
  }

  /**
   * Resolves with the record's sequence when the log has it. `messageId` names this record and no other. Fails with
   * `journal-fenced` when somebody else has written since (for good), `journal-record-too-large`, `journal-unavailable`
   * (the log may or may not have it; `open` before the next), or `journal-closed`.
   */
  async append(data: Uint8Array, messageId: string): Promise<number> {
    if (this.ended) throw this.ended;
    assert(!this.isAppending, 'one append is in flight at a time');
    assert(this.isOpen, 'a writer is opened before it appends');
    if (data.length > this.options.recordBytesMax) throw tooLarge(data, this.options.recordBytesMax);
    this.isAppending = true;
    // Stays so unless this succeeds: a writer that does not know what it wrote is opened anew.
    this.isOpen = false;
    try {
      // Repeating is harmless: the log knows the record by its id, and else by the sequence that it expects.
      this.last = await this.insist(() => this.appendOnce(this.last, data, messageId));
      this.isOpen = true;
      return this.last;
    } finally {
      this.isAppending = false;
    }
  }

  /** Gives up what is in flight with `journal-closed`. A second call is harmless. */
  close(): void {
    this.end(new JournalError('journal-closed', `${this.subject} is not written any more.`));
  }

  private end(error: JournalError): void {
    this.ended ??= error;
    for (const listener of [...this.endListeners]) listener();
  }

  private async appendOnce(expected: number, data: Uint8Array, messageId: string): Promise<number> {
    try {
      const options = { expectedLastSubjectSequence: expected, messageId };
      const { sequence } = await this.stream.append(this.subject, data, options);
      if (sequence > expected) return sequence;
    } catch (error) {
      if (!(error instanceof BrokerError) || error.code !== 'broker-sequence-conflict') throw error;
      // An earlier attempt may have moved the sequence, and the broker may have forgotten the id since.
      const [first] = await this.stream.read(this.subject, expected + 1, 1);
      if (first && isSame(first, data, messageId)) return first.sequence;
    }
    const fenced = new JournalError('journal-fenced', `Somebody else has written ${this.subject} after ${expected}.`);
    this.end(fenced);
    throw fenced;
  }

  /** Does something until the log has answered, for as long as an answer is waited for. */
  private async insist<T>(work: () => Promise<T>): Promise<T> {
    const deadlineMs = this.clock.nowMs() + (this.options.resolveMsMax ?? RESOLVE_MS_MAX);
    for (;;) {
      try {
        return await this.unlessEnded(work());
      } catch (error) {
        if (error instanceof JournalError) throw error;
        if (error instanceof BrokerError && error.code === 'broker-payload-too-large') {
          throw new JournalError('journal-record-too-large', error.message, { cause: error });
        }
        if (!(error instanceof BrokerError) || !error.retryable || this.clock.nowMs() >= deadlineMs) {
          throw new JournalError('journal-unavailable', `The log of ${this.subject} does not answer.`, {
            cause: error,
          });
        }
        await this.unlessEnded(pause(this.clock, RETRY_MS));
      }
    }
  }

  private unlessEnded<T>(work: Promise<T>): Promise<T> {
    if (this.ended) {
      work.catch(() => undefined);
      return Promise.reject(this.ended);
    }
    return new Promise((resolve, reject) => {
      const onEnd = (): void => reject(this.ended as JournalError);
      this.endListeners.add(onEnd);
      work.then(resolve, reject).finally(() => this.endListeners.delete(onEnd));
    });
  }
}

function isSame(stored: StoredMessage, data: Uint8Array, messageId: string): boolean {
  if (stored.messageId !== undefined) return stored.messageId === messageId;
  return Buffer.compare(stored.data, data) === 0;
}

function tooLarge(data: Uint8Array, bytesMax: number): JournalError {
  return new JournalError('journal-record-too-large', `A record of ${data.length} bytes is larger than ${bytesMax}.`);
}
