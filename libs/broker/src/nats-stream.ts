import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  PubHeaders,
  RepublishHeaders,
  RetentionPolicy,
  StorageType,
  type ConsumerInfo,
} from '@nats-io/jetstream';
import { type MsgHdrs, nanos } from '@nats-io/transport-node';
import type { AppendOptions, StoredMessage, Stream, StreamOptions } from './broker.js';
import { BrokerError } from './broker.errors.js';
import { isWrongSequence, jetStreamError } from './nats-errors.js';
import type { NatsLink } from './nats-link.js';
import { checkStream } from './storage-names.js';
import { checkPattern, checkSubject, isSubject } from './subject-match.js';

/** Every append carries this header: the log refuses what was meant for another one, and subscribers see what it is. */
export const APPENDED_MARK: string = PubHeaders.ExpectedStreamHdr;
/** Time in which a repeated message id is recognised, in ms. */
export const DUPLICATE_WINDOW_MS = 120_000;
/** The broker's code for a stream whose name is taken by one with another configuration. */
const STREAM_NAME_IN_USE = 10058;
/** A reader that vanished is forgotten by the broker after this time, in ms. */
const READER_IDLE_MS = 10_000;
/** Messages that one answer of a reader may hold. */
const FETCH_COUNT_MAX = 500;
/** How long the rest of a batch may take, in ms; it is only used up when messages vanish while they are read. */
const FETCH_TIMEOUT_MS = 2_000;

/** Places in the stream, of a message that a stream republished; undefined for others. */
export function sequencesOf(headers: MsgHdrs): { sequence: number; previousSequence: number } | undefined {
  const sequence = headers.get(RepublishHeaders.Sequence);
  if (!sequence) return undefined;
  return { sequence: Number(sequence), previousSequence: Number(headers.get(RepublishHeaders.LastSequence)) };
}

/** A stream of JetStream. */
export class NatsStream implements Stream {
  /** Opens the stream; makes it, or gives it the options that were asked for. */
  static async open(link: NatsLink, options: StreamOptions): Promise<NatsStream> {
    checkStream(options);
    try {
      return await link.run(async () => {
        const manager = await jetstreamManager(link.connection, { checkAPI: false });
        await createOrUpdate(manager, options);
        return new NatsStream(link, manager, options.name);
      });
    } catch (error) {
      throw jetStreamError(error, `stream ${options.name}`);
    }
  }

  private constructor(
    private readonly link: NatsLink,
    private readonly manager: JetStreamManager,
    private readonly name: string,
  ) {}

  async append(
    subject: string,
    data: Uint8Array,
    options: AppendOptions = {},
  ): Promise<{ sequence: number; isDuplicate: boolean }> {
    checkSubject(subject);
    const { expectedLastSubjectSequence, messageId } = options;
    try {
      const stored = await this.link.run(() =>
        this.link.jetStream.publish(subject, data, {
          msgID: messageId,
          expect: { streamName: this.name, lastSubjectSequence: expectedLastSubjectSequence },
        }),
      );
      return { sequence: stored.seq, isDuplicate: stored.duplicate };
    } catch (error) {
      if (isWrongSequence(error)) {
        const text = `The last sequence of ${subject} is not ${String(expectedLastSubjectSequence)}.`;
        throw new BrokerError('broker-sequence-conflict', text, { cause: error });
      }
      throw jetStreamError(error, `append to ${this.name}`);
    }
  }

  async last(subject: string, count: number): Promise<StoredMessage[]> {
    checkPattern(subject);
    if (count < 1) return [];
    try {
      return await this.link.run(() =>
        count === 1 && isSubject(subject) ? this.readNewest(subject) : this.readLast(subject, count),
      );
    } catch (error) {
      throw jetStreamError(error, `reading ${this.name}`);
    }
  }

  async read(subject: string, fromSequence: number, count: number): Promise<StoredMessage[]> {
    checkPattern(subject);
    if (count < 1) return [];
    try {
      return await this.link.run(async () => {
        const reader = await this.openReader(subject, Math.max(1, fromSequence));
        return this.fetch(reader, Math.min(count, reader.num_pending));
      });
    } catch (error) {
      throw jetStreamError(error, `reading ${this.name}`);
    }
  }

  /** One question instead of four: writers ask this to learn the sequence that they have to name. */
  private async readNewest(subject: string): Promise<StoredMessage[]> {
    const found = await this.manager.streams.getMessage(this.name, { last_by_subj: subject });
    return found ? [{ subject, data: found.data, sequence: found.seq, storedAtMs: found.time.getTime() }] : [];
  }

  /**
   * The broker can count what is stored from a sequence on, but not backwards. So a window before the end is widened
   * until it holds enough, then narrowed if it holds far too much.
   */
  private async readLast(subject: string, count: number): Promise<StoredMessage[]> {
    const { state } = await this.manager.streams.info(this.name);
    if (state.messages === 0) return [];
    const first = state.first_seq;
    let from = state.last_seq + 1;
    let tooLate = from;
    let reader: ConsumerInfo | undefined;
    for (let window = count; ; window *= 8) {
      from = Math.max(first, state.last_seq + 1 - window);
      reader = await this.replaceReader(reader, subject, from);
      if (reader.num_pending >= count || from === first) break;
      tooLate = from;
    }
    while (reader.num_pending > 2 * count + FETCH_COUNT_MAX && tooLate - from > 1) {
      const middle = from + Math.floor((tooLate - from) / 2);
      const narrower = await this.openReader(subject, middle);
      if (narrower.num_pending >= count) {
        this.closeReader(reader);
        reader = narrower;
        from = middle;
      } else {
        this.closeReader(narrower);
        tooLate = middle;
      }
    }
    const messages = await this.fetch(reader, reader.num_pending);
    return messages.slice(-count);
  }

  private async replaceReader(old: ConsumerInfo | undefined, subject: string, from: number): Promise<ConsumerInfo> {
    if (old) this.closeReader(old);
    return this.openReader(subject, from);
  }

  /** Its `num_pending` is the number of messages from `fromSequence` on at this moment. */
  private openReader(subject: string, fromSequence: number): Promise<ConsumerInfo> {
    return this.manager.consumers.add(this.name, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: fromSequence,
      filter_subject: subject,
      mem_storage: true,
      inactive_threshold: nanos(READER_IDLE_MS),
    });
  }

  private closeReader(reader: ConsumerInfo): void {
    // Nobody waits for it: one that is left over is forgotten by the broker.
    void this.manager.consumers.delete(this.name, reader.name).catch(() => false);
  }

  private async fetch(reader: ConsumerInfo, count: number): Promise<StoredMessage[]> {
    const messages: StoredMessage[] = [];
    const consumer = this.link.jetStream.consumers.getConsumerFromInfo(reader);
    let isAtEnd = count === 0;
    while (!isAtEnd && messages.length < count) {
      isAtEnd = true;
      const batch = await consumer.fetch({
        max_messages: Math.min(FETCH_COUNT_MAX, count - messages.length),
        expires: FETCH_TIMEOUT_MS,
      });
      for await (const message of batch) {
        messages.push({
          subject: message.subject,
          data: message.data,
          sequence: message.seq,
          storedAtMs: Math.floor(message.info.timestampNanos / 1e6),
        });
        isAtEnd = message.info.pending === 0;
        if (isAtEnd) break;
      }
    }
    this.closeReader(reader);
    return messages;
  }
}

async function createOrUpdate(manager: JetStreamManager, options: StreamOptions): Promise<void> {
  const ageMs = options.ageMsMax ?? 0;
  // A window longer than messages live is refused by the broker.
  const windowMs = ageMs > 0 ? Math.min(DUPLICATE_WINDOW_MS, ageMs) : DUPLICATE_WINDOW_MS;
  const limits = {
    subjects: options.subjects,
    max_msgs_per_subject: options.messagesPerSubjectMax ?? -1,
    max_age: nanos(ageMs),
    duplicate_window: nanos(windowMs),
    max_bytes: options.bytesMax ?? -1,
    republish: options.republish && { src: options.republish.from, dest: numberStars(options.republish.to) },
  };
  try {
    await manager.streams.add({
      name: options.name,
      ...limits,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      storage: options.storage === 'memory' ? StorageType.Memory : StorageType.File,
      num_replicas: 1,
      allow_direct: true,
    });
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== STREAM_NAME_IN_USE) throw error;
    // Storage cannot be changed and stays what it was.
    await manager.streams.update(options.name, limits);
  }
}

/** The broker wants to be told which `*` of the source each `*` of the destination stands for. */
function numberStars(pattern: string): string {
  let count = 0;
  return pattern
    .split('.')
    .map((token) => (token === '*' ? `{{wildcard(${++count})}}` : token))
    .join('.');
}
