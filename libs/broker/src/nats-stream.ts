import {
  type ConsumerInfo,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  PubHeaders,
  RepublishHeaders,
  RetentionPolicy,
  StorageType,
  type StoredMsg,
} from '@nats-io/jetstream';
import { type MsgHdrs, nanos } from '@nats-io/transport-node';
import type { AppendOptions, StoredMessage, Stream, StreamOptions, StreamState } from './broker.js';
import { BrokerError } from './broker.errors.js';
import { isWrongSequence, jetStreamError } from './nats-errors.js';
import type { NatsLink } from './nats-link.js';
import { NatsLogReader } from './nats-log-reader.js';
import { checkStream } from './storage-names.js';
import { checkPattern, checkSubject, isSubject } from './subject-match.js';

/** Every append carries this header: the log refuses what was meant for another one, and subscribers see what it is. */
export const APPENDED_MARK: string = PubHeaders.ExpectedStreamHdr;
/** Time in which a repeated message id is recognised, in ms. */
export const DUPLICATE_WINDOW_MS = 120_000;
/** The broker's code for a stream whose name is taken by one with another configuration. */
const STREAM_NAME_IN_USE = 10058;
/** Messages that are read too many rather than asking the broker once more. */
const SURPLUS_COUNT_MAX = 500;

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

  private readonly reader: NatsLogReader;

  private constructor(
    private readonly link: NatsLink,
    private readonly manager: JetStreamManager,
    private readonly name: string,
  ) {
    this.reader = new NatsLogReader(link, manager, name);
  }

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

  last(subject: string, count: number): Promise<StoredMessage[]> {
    return this.ask(subject, async () => {
      if (count < 1) return [];
      return count === 1 && isSubject(subject) ? this.readNewest(subject) : this.readLast(subject, count);
    });
  }

  read(subject: string, fromSequence: number, count: number): Promise<StoredMessage[]> {
    return this.ask(subject, async () => {
      if (count < 1) return [];
      return this.reader.take(await this.reader.open(subject, fromSequence), count);
    });
  }

  async *scan(pattern: string, fromSequence: number, toSequence: number): AsyncGenerator<StoredMessage> {
    checkPattern(pattern);
    try {
      yield* this.reader.scan(pattern, fromSequence, toSequence);
    } catch (error) {
      throw jetStreamError(error, `reading ${this.name}`);
    }
  }

  state(): Promise<StreamState> {
    return this.ask('>', async () => {
      const { state } = await this.manager.streams.info(this.name);
      const firstSequence = state.messages > 0 ? state.first_seq : state.last_seq + 1;
      return { firstSequence, lastSequence: state.last_seq, sizeBytes: state.bytes };
    });
  }

  sequenceAt(timeMs: number): Promise<number> {
    return this.ask('>', async () => {
      const [before, { state }] = await Promise.all([
        this.reader.sequenceBefore(Math.floor(timeMs) + 1),
        this.manager.streams.info(this.name),
      ]);
      return before < state.first_seq ? 0 : before;
    });
  }

  get(sequence: number): Promise<StoredMessage | undefined> {
    return this.ask('>', async () => {
      if (!(sequence >= 1)) return undefined;
      const found = await this.manager.direct.getMessage(this.name, { seq: sequence });
      return found ? toStored(found) : undefined;
    });
  }

  trimBefore(sequence: number): Promise<void> {
    return this.ask('>', async () => {
      const { state } = await this.manager.streams.info(this.name);
      // The broker takes 0 for everything, and a place behind the end for the place where the next message comes.
      const seq = Math.min(sequence, state.last_seq + 1);
      if (seq > Math.max(1, state.first_seq)) await this.manager.streams.purge(this.name, { seq });
    });
  }

  private async ask<T>(subject: string, work: () => Promise<T>): Promise<T> {
    checkPattern(subject);
    try {
      return await this.link.run(work);
    } catch (error) {
      throw jetStreamError(error, `reading ${this.name}`);
    }
  }

  /** One question instead of four: writers ask this to learn the sequence that they have to name. */
  private async readNewest(subject: string): Promise<StoredMessage[]> {
    const found = await this.manager.direct.getMessage(this.name, { last_by_subj: subject });
    return found ? [toStored(found)] : [];
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
      if (reader) this.reader.close(reader);
      reader = await this.reader.open(subject, from);
      if (reader.num_pending >= count || from === first) break;
      tooLate = from;
    }
    while (reader.num_pending > 2 * count + SURPLUS_COUNT_MAX && tooLate - from > 1) {
      const middle = from + Math.floor((tooLate - from) / 2);
      const narrower = await this.reader.open(subject, middle);
      if (narrower.num_pending >= count) {
        this.reader.close(reader);
        reader = narrower;
        from = middle;
      } else {
        this.reader.close(narrower);
        tooLate = middle;
      }
    }
    const messages = await this.reader.take(reader, reader.num_pending);
    return messages.slice(-count);
  }
}

function toStored(found: StoredMsg): StoredMessage {
  const { subject, data, seq, time } = found;
  const stored: StoredMessage = { subject, data, sequence: seq, storedAtMs: time.getTime() };
  const messageId = found.header.get(PubHeaders.MsgIdHdr);
  if (messageId) stored.messageId = messageId;
  return stored;
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
    if (options.isAsItIs) return;
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
