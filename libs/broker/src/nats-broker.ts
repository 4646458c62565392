import { type Clock, pause, SystemClock } from '@app/clock';
import {
  connect,
  type Msg,
  type NatsConnection,
  type Subscription as NatsSubscription,
  errors,
} from '@nats-io/transport-node';
import type {
  Broker,
  BrokerCounters,
  BrokerMessage,
  BrokerStatus,
  KeyValue,
  KeyValueOptions,
  ObjectStore,
  RequestManyOptions,
  RequestOptions,
  Stream,
  StreamOptions,
  SubscribeOptions,
  Subscription,
} from './broker.js';
import { BrokerError } from './broker.errors.js';
import { MessageDelivery, newCounters, StatusListeners, ThrottledReports, tooLargeError } from './message-delivery.js';
import { disconnectedError, isNoResponders, requestError } from './nats-errors.js';
import { NatsKeyValue } from './nats-key-value.js';
import { NatsLink } from './nats-link.js';
import { NatsObjectStore } from './nats-object-store.js';
import { NatsRequests } from './nats-requests.js';
import { APPENDED_MARK, NatsStream, sequencesOf } from './nats-stream.js';
import { checkPattern, checkSubject } from './subject-match.js';

export interface NatsBrokerOptions {
  /** `nats://HOST:PORT`, or several of one cluster. */
  url: string | readonly string[];
  /** What the broker's monitoring shows, usually the instance id. */
  name?: string;
  token?: string;
  user?: string;
  pass?: string;
  /** How long the first connection may take, in ms: roles start beside their broker. Default 15,000; 0 tries once. */
  connectTimeoutMs?: number;
  /** A broker that leaves two such intervals unanswered is taken for gone, in ms. Default 2,000. */
  pingIntervalMs?: number;
  /**
   * Bytes that may wait in this process because the broker does not read; events beyond are dropped, because they would
   * be late. Default 4 MiB.
   */
  unsentBytesMax?: number;
  /** How long opening a bucket or stream waits for storage that is not ready, in ms. Default 10,000. */
  storageWaitMs?: number;
  clock?: Clock;
}

const CONNECT_TIMEOUT_MS = 15_000;
/** Pause between two attempts to connect, in ms, and what chance adds to it so that not all processes come at once. */
const RECONNECT_WAIT_MS = 100;
const RECONNECT_JITTER_MS = 50;
/** How long one attempt may take, in ms. */
const ATTEMPT_TIMEOUT_MS = 2_000;
const PING_INTERVAL_MS = 2_000;
const PINGS_UNANSWERED_MAX = 2;
const UNSENT_BYTES_MAX = 4 * 1_024 * 1_024;
const STORAGE_WAIT_MS = 10_000;

/** The broker over NATS. */
export class NatsBroker implements Broker {
  private readonly counts = newCounters();
  private readonly status = new StatusListeners();
  private readonly link: NatsLink;
  private readonly requests: NatsRequests;
  private readonly tooLargeReports: ThrottledReports;
  private readonly unsentBytesMax: number;
  private readonly active = new Map<NatsSubscription, MessageDelivery>();
  private drained: Promise<void> | undefined;
  private closed: Promise<void> | undefined;

  /** Connects, and goes on trying while the broker is not there yet. */
  static async connect(options: NatsBrokerOptions): Promise<NatsBroker> {
    const clock = options.clock ?? new SystemClock();
    const deadlineMs = clock.nowMs() + (options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
    for (;;) {
      try {
        return new NatsBroker(await connectOnce(options), clock, options);
      } catch (error) {
        const isRefused = error instanceof errors.AuthorizationError;
        if (isRefused || clock.nowMs() + RECONNECT_WAIT_MS >= deadlineMs) {
          throw new BrokerError('broker-disconnected', `The broker at ${String(options.url)} cannot be reached.`, {
            cause: error,
          });
        }
        await pause(clock, RECONNECT_WAIT_MS);
      }
    }
  }

  private constructor(
    private readonly connection: NatsConnection,
    private readonly clock: Clock,
    options: NatsBrokerOptions,
  ) {
    this.unsentBytesMax = options.unsentBytesMax ?? UNSENT_BYTES_MAX;
    this.tooLargeReports = new ThrottledReports(this.status, clock);
    this.link = new NatsLink(connection, clock, options.storageWaitMs ?? STORAGE_WAIT_MS);
    this.requests = new NatsRequests(this.link);
    void this.followStatus();
    void connection.closed().then((cause) => {
      this.link.down();
      this.status.tell(cause instanceof Error ? { type: 'closed', cause } : { type: 'closed' });
    });
  }

  get isConnected(): boolean {
    return this.link.isConnected;
  }

  get counters(): BrokerCounters {
    return this.counts;
  }

  publish(subject: string, data: Uint8Array, reply?: string): void {
    checkSubject(subject);
    if (reply !== undefined) checkSubject(reply);
    const tooLarge = this.tooLarge(subject, data);
    if (tooLarge) {
      this.counts.publishedDropped++;
      this.tooLargeReports.tell({ type: 'error', error: tooLarge });
      return;
    }
    // The client would keep events while disconnected and send them late.
    if (!this.link.isConnected || this.unsentBytes() > this.unsentBytesMax) {
      this.counts.publishedDropped++;
      return;
    }
    try {
      this.connection.publish(subject, data, reply ? { reply } : undefined);
      this.counts.published++;
    } catch {
      // Subject and size were checked: the connection was closed in this moment.
      this.counts.publishedDropped++;
    }
  }

  subscribe(subject: string, handler: (message: BrokerMessage) => void, options: SubscribeOptions = {}): Subscription {
    checkPattern(subject);
    if (this.drained || this.closed) throw disconnectedError();
    const delivery = new MessageDelivery(subject, handler, this.counts, this.status, this.clock);
    let subscription: NatsSubscription;
    try {
      subscription = this.connection.subscribe(subject, {
        queue: options.queue,
        callback: (error, message) => {
          // An error ends the subscription (a refused permission); the status loop reports it.
          if (!error) delivery.deliver(toBrokerMessage(message));
        },
      });
    } catch (error) {
      throw disconnectedError(error);
    }
    this.active.set(subscription, delivery);
    void subscription.closed.then(() => this.active.delete(subscription));
    return { unsubscribe: () => subscription.unsubscribe() };
  }

  async request(subject: string, data: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    checkSubject(subject);
    const tooLarge = this.tooLarge(subject, data);
    if (tooLarge) throw tooLarge;
    try {
      return await this.requests.ask(subject, data, Math.max(1, options.timeoutMs));
    } catch (error) {
      throw requestError(error, subject);
    }
  }

  async requestMany(subject: string, data: Uint8Array, options: RequestManyOptions): Promise<Uint8Array[]> {
    checkSubject(subject);
    const tooLarge = this.tooLarge(subject, data);
    if (tooLarge) throw tooLarge;
    const answers: Uint8Array[] = [];
    try {
      await this.link.run(async () => {
        const many = await this.connection.requestMany(subject, data, {
          strategy: 'count',
          maxWait: Math.max(1, options.timeoutMs),
          maxMessages: options.repliesMax,
        });
        for await (const answer of many) answers.push(answer.data);
      });
    } catch (error) {
      // Answers that had arrived before the connection broke are still answers.
      if (isNoResponders(error) || answers.length > 0) return answers;
      throw requestError(error, subject);
    }
    return answers;
  }

  async flush(): Promise<void> {
    try {
      await this.link.run(() => this.connection.flush());
    } catch (error) {
      throw disconnectedError(error);
    }
  }

  onStatus(listener: (status: BrokerStatus) => void): Subscription {
    return this.status.add(listener);
  }

  keyValue(bucket: string, options: KeyValueOptions = {}): Promise<KeyValue> {
    return this.link.whenStorageReady(() => NatsKeyValue.open(this.link, bucket, options));
  }

  stream(options: StreamOptions): Promise<Stream> {
    return this.link.whenStorageReady(() => NatsStream.open(this.link, options));
  }

  objectStore(bucket: string): Promise<ObjectStore> {
    return this.link.whenStorageReady(() => NatsObjectStore.open(this.link, bucket));
  }

  drain(): Promise<void> {
    this.drained ??= this.closed ?? this.finish();
    return this.drained;
  }

  close(): Promise<void> {
    if (!this.closed) {
      // First, so that those who wait hear of the connection and not of the client's ways of giving up.
      this.link.down();
      this.closed = this.connection.close();
    }
    return this.closed;
  }

  /** Whoever drains wants to end: a connection that breaks meanwhile has nothing in flight any more. */
  private async finish(): Promise<void> {
    if (this.link.isConnected) {
      try {
        const deliveries = [...this.active.values()];
        await this.link.run(async () => {
          // One that was unsubscribed in this moment refuses; the others still have messages on the way.
          await Promise.allSettled([...this.active.keys()].map((subscription) => subscription.drain()));
          await Promise.all(deliveries.map((delivery) => delivery.whenIdle()));
          await this.connection.flush();
        });
      } catch {
        // Closed below all the same.
      }
    }
    await this.close();
  }

  private tooLarge(subject: string, data: Uint8Array): BrokerError | undefined {
    const bytesMax = this.connection.info?.max_payload;
    return bytesMax !== undefined && data.length > bytesMax ? tooLargeError(subject, data) : undefined;
  }

  /** Bytes that the socket has not taken; 0 when the client does not let us look. */
  private unsentBytes(): number {
    const inside = this.connection as unknown as {
      protocol?: { transport?: { socket?: { writableLength?: number } } };
    };
    return inside.protocol?.transport?.socket?.writableLength ?? 0;
  }

  private async followStatus(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') {
        this.link.down();
        this.status.tell({ type: 'disconnected' });
      } else if (status.type === 'reconnect') {
        this.counts.reconnected++;
        this.link.up();
        this.status.tell({ type: 'connected' });
      } else if (status.type === 'error') {
        this.status.tell({ type: 'error', error: status.error });
      }
    }
  }
}

function connectOnce(options: NatsBrokerOptions): Promise<NatsConnection> {
  return connect({
    servers: typeof options.url === 'string' ? options.url : [...options.url],
    name: options.name,
    token: options.token,
    user: options.user,
    pass: options.pass,
    timeout: ATTEMPT_TIMEOUT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_JITTER_MS,
    reconnectJitterTLS: RECONNECT_JITTER_MS,
    pingInterval: options.pingIntervalMs ?? PING_INTERVAL_MS,
    maxPingOut: PINGS_UNANSWERED_MAX,
    // A stack trace for every request would cost more than the request.
    noAsyncTraces: true,
  });
}

function toBrokerMessage(message: Msg): BrokerMessage {
  const { subject, data, headers } = message;
  // The reply address of an append belongs to the log: who answered there would break the append.
  const reply = message.reply && !headers?.has(APPENDED_MARK) ? message.reply : undefined;
  return { subject, data, reply, ...(headers && sequencesOf(headers)) };
}
