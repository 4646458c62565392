import { AckPolicy, type ConsumerInfo, DeliverPolicy, type JetStreamManager, PubHeaders } from '@nats-io/jetstream';
import { createInbox, type Msg, nanos, type Subscription } from '@nats-io/transport-node';
import type { StoredMessage } from './broker.js';
import { BrokerError } from './broker.errors.js';
import type { NatsLink } from './nats-link.js';

/** A reader that vanished is forgotten by the broker after this time, in ms. */
const READER_IDLE_MS = 30_000;
/** Messages, and bytes, that the broker sends for one request. */
const BATCH_COUNT_MAX = 4_096;
const BATCH_BYTES_MAX = 8 * 1_024 * 1_024;
/** How long a batch may take, in ms; it is only used up when messages vanish while they are read. */
const BATCH_TIMEOUT_MS = 2_000;
/** How much longer to wait for the broker to say so, in ms. */
const BATCH_GRACE_MS = 1_000;

/** Reads what one stream holds, in batches, each made by one request. */
export class NatsLogReader {
  constructor(
    private readonly link: NatsLink,
    private readonly manager: JetStreamManager,
    private readonly stream: string,
  ) {}

  /** Its `num_pending` is the number of messages from `fromSequence` on at this moment. */
  open(subject: string, fromSequence: number): Promise<ConsumerInfo> {
    return this.manager.consumers.add(this.stream, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: Math.max(1, fromSequence),
      filter_subject: subject,
      mem_storage: true,
      inactive_threshold: nanos(READER_IDLE_MS),
    });
  }

  /** The sequence before the first message that is newer than a time; the time is in ms since 1970-01-01 UTC. */
  async sequenceBefore(timeMs: number): Promise<number> {
    const reader = await this.manager.consumers.add(this.stream, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartTime,
      opt_start_time: new Date(timeMs).toISOString(),
      mem_storage: true,
      inactive_threshold: nanos(READER_IDLE_MS),
    });
    this.close(reader);
    return reader.delivered.stream_seq;
  }

  /** Nobody waits for it: one that is left over is forgotten by the broker. */
  close(reader: ConsumerInfo): void {
    if (this.link.isConnected) void this.manager.consumers.delete(this.stream, reader.name).catch(() => false);
  }

  /** The first `count` messages of a reader, or fewer when there are no more. The reader is used up. */
  async take(reader: ConsumerInfo, count: number): Promise<StoredMessage[]> {
    const messages: StoredMessage[] = [];
    for await (const message of this.messagesOf(reader, Math.min(count, reader.num_pending))) messages.push(message);
    return messages;
  }

  /** Messages from `fromSequence` to `toSequence`, or to what is the end now; the next batch is read ahead. */
  async *scan(pattern: string, fromSequence: number, toSequence: number): AsyncGenerator<StoredMessage> {
    if (!(toSequence >= Math.max(1, fromSequence))) return;
    const reader = await this.link.run(() => this.open(pattern, fromSequence));
    const span = toSequence - Math.max(1, fromSequence) + 1;
    for await (const message of this.messagesOf(reader, Math.min(span, reader.num_pending))) {
      if (message.sequence > toSequence) return;
      yield message;
    }
  }

  /** A batch that stays empty may mean that what was left has vanished, or that the broker was too slow. */
  private async checkNothingLeft(reader: ConsumerInfo): Promise<void> {
    const { num_pending } = await this.link.run(() => this.manager.consumers.info(this.stream, reader.name));
    if (num_pending > 0) throw unfinished(this.stream);
  }

  private async *messagesOf(reader: ConsumerInfo, count: number): AsyncGenerator<StoredMessage> {
    const puller = new BatchPuller(this.link, this.stream, reader.name);
    try {
      let left = count;
      let next = left > 0 ? puller.pull(left) : undefined;
      while (next) {
        const { messages, isLast } = await next;
        left -= messages.length;
        if (messages.length === 0) await this.checkNothingLeft(reader);
        next = isLast || left <= 0 ? undefined : puller.pull(left);
        // Whoever stops early never asks for it.
        next?.catch(() => undefined);
        yield* messages;
      }
    } finally {
      puller.close();
      this.close(reader);
    }
  }
}

/** The broker's storage is slow, or has forgotten the reader: what was read so far is not everything. */
function unfinished(stream: string): BrokerError {
  return new BrokerError('broker-unavailable', `The broker's storage does not answer: reading ${stream}.`);
}

interface Batch {
  messages: StoredMessage[];
  /** There is nothing after it. */
  isLast: boolean;
}

/** Asks the broker for batches of one consumer, one at a time. */
class BatchPuller {
  private readonly inbox = createInbox();
  private readonly subscription: Subscription;
  private turn = 0;
  /** Messages that were delivered so far. */
  private delivered = 0;
  private receive: (message: Msg) => void = () => undefined;

  constructor(
    private readonly link: NatsLink,
    private readonly stream: string,
    private readonly consumer: string,
  ) {
    this.subscription = link.connection.subscribe(`${this.inbox}.*`, {
      callback: (error, message) => {
        if (!error) this.receive(message);
      },
    });
  }

  /** At most `count` messages; fewer when they are large or when there are no more. */
  pull(count: number): Promise<Batch> {
    const batch = Math.min(count, BATCH_COUNT_MAX);
    return this.link.run(() => this.collect(batch));
  }

  close(): void {
    this.subscription.unsubscribe();
  }

  private collect(count: number): Promise<Batch> {
    const messages: StoredMessage[] = [];
    const reply = `${this.inbox}.${++this.turn}`;
    return new Promise((resolve, reject) => {
      const end = (isLast: boolean): void => {
        timer.cancel();
        this.receive = () => undefined;
        resolve({ messages, isLast });
      };
      const timer = this.link.clock.after(BATCH_TIMEOUT_MS + BATCH_GRACE_MS, () => {
        reject(unfinished(this.stream));
      });
      this.receive = (message) => {
        const place = message.reply ? placeOf(message.reply) : undefined;
        if (!place) {
          // The broker says why there is nothing more in a batch; of one that has ended it says nothing about this one.
          if (message.subject === reply) end(messages.length === 0);
          return;
        }
        // One that got lost on the way would otherwise never be missed.
        if (place.delivery !== ++this.delivered) return reject(unfinished(this.stream));
        messages.push(toStored(message, place));
        if (place.pending === 0 || messages.length === count) end(place.pending === 0);
      };
      this.request(count, reply);
    });
  }

  private request(count: number, reply: string): void {
    const request = { batch: count, max_bytes: BATCH_BYTES_MAX, expires: nanos(BATCH_TIMEOUT_MS) };
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.stream}.${this.consumer}`;
    this.link.connection.publish(subject, JSON.stringify(request), { reply });
  }
}

interface Place {
  sequence: number;
  /** Counts what the consumer was sent, from 1. */
  delivery: number;
  storedAtMs: number;
  /** Messages of the consumer that come after this one. */
  pending: number;
}

/** What a delivered message's reply subject says: it ends in stream sequence, consumer sequence, time in ns, pending. */
function placeOf(reply: string): Place | undefined {
  const tokens = reply.split('.');
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK') return undefined;
  // Newer brokers put a domain and an account before the stream, and a random token at the end.
  const offset = tokens.length > 9 ? 2 : 0;
  return {
    sequence: Number(tokens[5 + offset]),
    delivery: Number(tokens[6 + offset]),
    // Nanoseconds have more digits than a number keeps.
    storedAtMs: Number(tokens[7 + offset].slice(0, -6)),
    pending: Number(tokens[8 + offset]),
  };
}

function toStored(message: Msg, { sequence, storedAtMs }: Place): StoredMessage {
  const stored: StoredMessage = { subject: message.subject, data: message.data, sequence, storedAtMs };
  const messageId = message.headers?.get(PubHeaders.MsgIdHdr);
  if (messageId) stored.messageId = messageId;
  return stored;
}
