import type { Clock } from '@app/clock';
import type { AppendOptions, StoredMessage, Stream, StreamOptions, StreamState } from './broker.js';
import { BrokerError } from './broker.errors.js';
import type { MemoryBroker } from './memory-broker.js';
import { republisher } from './storage-names.js';
import { checkPattern, checkSubject, subjectMatcher } from './subject-match.js';

/** Time in which a repeated message id is recognised, in ms. */
const DUPLICATE_WINDOW_MS = 120_000;
/** Messages that a scan takes along on one travel to the broker. */
const SCAN_BATCH = 1_024;

/** What the author of an append is told. */
export interface AppendResult {
  sequence: number;
  isDuplicate: boolean;
}

/** A log as the broker keeps it. */
export class MemoryLog {
  private readonly messages: StoredMessage[] = [];
  private readonly lastSequences = new Map<string, number>();
  private readonly counts = new Map<string, number>();
  private readonly ids = new Map<string, { sequence: number; storedMs: number }>();
  private matchers: ((subject: string) => boolean)[] = [];
  private perSubjectMax = Infinity;
  private ageMsMax = Infinity;
  private bytesMax = Infinity;
  private bytes = 0;
  private republish: ((subject: string) => string | undefined) | undefined;
  private sequence = 0;

  constructor(private readonly clock: Clock) {}

  configure(options: StreamOptions): void {
    this.matchers = options.subjects.map(subjectMatcher);
    this.perSubjectMax = options.messagesPerSubjectMax ?? Infinity;
    this.ageMsMax = options.ageMsMax ?? Infinity;
    this.bytesMax = options.bytesMax ?? Infinity;
    this.republish = options.republish && republisher(options.republish);
  }

  accepts(subject: string): boolean {
    return this.matchers.some((matches) => matches(subject));
  }

  /** The subject on which messages of `subject` are republished, if they are. */
  republishedOn(subject: string): string | undefined {
    return this.republish?.(subject);
  }

  /** Also tells the sequence of the message before this one on the same subject, 0 for the first. */
  append(subject: string, data: Uint8Array, options: AppendOptions = {}): AppendResult & { previousSequence: number } {
    const nowMs = this.clock.nowMs();
    // Repetitions are recognised before the sequence is compared: the first attempt has moved it.
    const first = options.messageId === undefined ? undefined : this.ids.get(options.messageId);
    const windowMs = Math.min(DUPLICATE_WINDOW_MS, this.ageMsMax);
    if (first && nowMs - first.storedMs < windowMs) {
      return { sequence: first.sequence, isDuplicate: true, previousSequence: 0 };
    }
    const expected = options.expectedLastSubjectSequence;
    const previousSequence = this.lastSequence(subject);
    if (expected !== undefined && expected !== previousSequence) {
      throw new BrokerError('broker-sequence-conflict', `The last sequence of ${subject} is not ${expected}.`);
    }
    const sequence = ++this.sequence;
    const { messageId } = options;
    this.messages.push({
      subject,
      data,
      sequence,
      storedAtMs: this.clock.wallMs(),
      ...(messageId !== undefined && { messageId }),
    });
    this.lastSequences.set(subject, sequence);
    if (messageId !== undefined) this.rememberId(messageId, sequence, nowMs, windowMs);
    this.bytes += data.length;
    this.dropOldest(subject);
    return { sequence, isDuplicate: false, previousSequence };
  }

  /** Present messages of a subject or pattern, oldest first. */
  select(pattern: string): StoredMessage[] {
    this.dropAged();
    const matches = subjectMatcher(pattern);
    return this.messages.filter(({ subject }) => matches(subject));
  }

  /** Present messages of a subject or pattern in a range of sequences, oldest first, at most `count`. */
  between(pattern: string, fromSequence: number, toSequence: number, count: number): StoredMessage[] {
    this.dropAged();
    const matches = subjectMatcher(pattern);
    const found: StoredMessage[] = [];
    for (let index = this.indexFrom((message) => message.sequence >= fromSequence); found.length < count; index++) {
      const message = this.messages[index];
      if (!message || message.sequence > toSequence) break;
      if (matches(message.subject)) found.push(message);
    }
    return found;
  }

  state(): StreamState {
    this.dropAged();
    const firstSequence = this.messages[0]?.sequence ?? this.sequence + 1;
    return { firstSequence, lastSequence: this.sequence, sizeBytes: this.bytes };
  }

  trimBefore(sequence: number): void {
    for (let count = this.indexFrom((message) => message.sequence >= sequence); count > 0; count--) this.drop(0);
  }

  sequenceAt(timeMs: number): number {
    this.dropAged();
    return this.messages[this.indexFrom((message) => message.storedAtMs > timeMs) - 1]?.sequence ?? 0;
  }

  /** Index of the first message for which something holds that holds for all after it, too. */
  private indexFrom(holds: (message: StoredMessage) => boolean): number {
    let low = 0;
    let high = this.messages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.messages[middle])) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private lastSequence(subject: string): number {
    this.dropAged();
    return this.counts.has(subject) ? (this.lastSequences.get(subject) ?? 0) : 0;
  }

  private rememberId(id: string, sequence: number, nowMs: number, windowMs: number): void {
    this.ids.delete(id);
    this.ids.set(id, { sequence, storedMs: nowMs });
    // Maps keep the order of insertion: the oldest come first.
    for (const [old, { storedMs }] of this.ids) {
      if (nowMs - storedMs < windowMs) break;
      this.ids.delete(old);
    }
  }

  private dropOldest(subject: string): void {
    const count = (this.counts.get(subject) ?? 0) + 1;
    this.counts.set(subject, count);
    if (count > this.perSubjectMax) this.drop(this.messages.findIndex((message) => message.subject === subject));
    while (this.bytes > this.bytesMax && this.messages.length > 1) this.drop(0);
  }

  private dropAged(): void {
    const oldestMs = this.clock.wallMs() - this.ageMsMax;
    while (this.messages.length > 0 && this.messages[0].storedAtMs <= oldestMs) this.drop(0);
  }

  private drop(index: number): void {
    const [{ subject, data }] = this.messages.splice(index, 1);
    this.bytes -= data.length;
    const left = (this.counts.get(subject) ?? 1) - 1;
    if (left > 0) this.counts.set(subject, left);
    else this.counts.delete(subject);
  }
}

/** A log as one process sees it. */
export class MemoryStream implements Stream {
  constructor(
    private readonly broker: MemoryBroker,
    private readonly log: MemoryLog,
  ) {}

  async append(subject: string, data: Uint8Array, options: AppendOptions = {}): Promise<AppendResult> {
    checkSubject(subject);
    const copy = data.slice();
    return this.broker.roundTrip(() => {
      if (!this.log.accepts(subject)) {
        throw new BrokerError('broker-unavailable', `The broker's storage cannot be used: nobody stores ${subject}.`);
      }
      this.broker.bus.route({ subject, data: copy });
      return this.broker.bus.store(this.log, subject, copy, options);
    });
  }

  async last(subject: string, count: number): Promise<StoredMessage[]> {
    checkPattern(subject);
    if (count < 1) return [];
    return this.broker.roundTrip(() => this.log.select(subject).slice(-count).map(copyOf));
  }

  async read(subject: string, fromSequence: number, count: number): Promise<StoredMessage[]> {
    checkPattern(subject);
    if (count < 1) return [];
    return this.broker.roundTrip(() => this.log.between(subject, fromSequence, Infinity, count).map(copyOf));
  }

  async *scan(pattern: string, fromSequence: number, toSequence: number): AsyncGenerator<StoredMessage> {
    checkPattern(pattern);
    const { lastSequence } = await this.state();
    const end = Math.min(toSequence, lastSequence);
    for (let from = fromSequence; from <= end;) {
      const start = from;
      const batch = await this.broker.roundTrip(() => this.log.between(pattern, start, end, SCAN_BATCH).map(copyOf));
      if (batch.length === 0) return;
      yield* batch;
      from = batch[batch.length - 1].sequence + 1;
    }
  }

  state(): Promise<StreamState> {
    return this.broker.roundTrip(() => this.log.state());
  }

  sequenceAt(timeMs: number): Promise<number> {
    return this.broker.roundTrip(() => this.log.sequenceAt(timeMs));
  }

  get(sequence: number): Promise<StoredMessage | undefined> {
    return this.broker.roundTrip(() => this.log.between('>', sequence, sequence, 1).map(copyOf)[0]);
  }

  trimBefore(sequence: number): Promise<void> {
    return this.broker.roundTrip(() => this.log.trimBefore(sequence));
  }
}

function copyOf(message: StoredMessage): StoredMessage {
  return { ...message, data: message.data.slice() };
}
