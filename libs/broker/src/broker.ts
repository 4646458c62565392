/** One message as a subscriber sees it. `data` belongs to the receiver only until its handler returns or resolves. */
export interface BrokerMessage {
  subject: string;
  data: Uint8Array;
  /** Where an answer is expected; absent for events. */
  reply?: string;
}

export interface Subscription {
  /** Stops at once; what is queued is dropped. A second call is harmless. */
  unsubscribe(): void;
}

export interface SubscribeOptions {
  /** Of all subscribers with the same queue name only one gets each message. */
  queue?: string;
}

export interface RequestOptions {
  /** In ms. */
  timeoutMs: number;
}

export interface RequestManyOptions {
  /** How long to collect answers, in ms. */
  timeoutMs: number;
  /** Answers after which to stop collecting. */
  repliesMax: number;
}

export type BrokerStatus =
  | { type: 'connected' }
  | { type: 'disconnected' }
  | { type: 'slow-consumer'; subject: string }
  | { type: 'closed'; cause?: Error };

/**
 * The message broker as roles see it. Two implementations, one contract (broker.contract.ts): NATS, and memory for
 * simulations.
 *
 * Events are at most once. While disconnected, `publish` of the real-time path is dropped and counted rather than
 * queued: late sound is worth nothing. Requests fail with BrokerError.
 */
export interface Broker {
  publish(subject: string, data: Uint8Array, reply?: string): void;
  /** `*` matches one token, `>` the rest. Handlers of one subscription run in order of arrival. */
  subscribe(subject: string, handler: (message: BrokerMessage) => void, options?: SubscribeOptions): Subscription;
  /** Fails with `broker-no-responders`, `broker-timeout` or `broker-disconnected`. */
  request(subject: string, data: Uint8Array, options: RequestOptions): Promise<Uint8Array>;
  /** Collects answers from everybody who listens; none is an empty list, not an error. */
  requestMany(subject: string, data: Uint8Array, options: RequestManyOptions): Promise<Uint8Array[]>;
  /** Waits until the broker has everything that was published before. */
  flush(): Promise<void>;
  readonly isConnected: boolean;
  onStatus(listener: (status: BrokerStatus) => void): Subscription;
  keyValue(bucket: string, options?: KeyValueOptions): Promise<KeyValue>;
  stream(options: StreamOptions): Promise<Stream>;
  /** Finishes what is in flight, then closes. A second call returns the same promise. */
  drain(): Promise<void>;
  /** Closes at once. A second call is harmless. */
  close(): Promise<void>;
}

export interface KeyValueOptions {
  /** Values kept per key, 1 to 64. Default 1. */
  historyCount?: number;
  /** Age at which values vanish, in ms. Default: never. */
  ttlMs?: number;
}

export interface KeyValueEntry {
  key: string;
  value: Uint8Array;
  /** Rises with every write to the bucket. */
  revision: number;
}

/** Small facts. Every decision between rivals is a compare-and-set, never a read. */
export interface KeyValue {
  get(key: string): Promise<KeyValueEntry | undefined>;
  /** Writes whatever is there. Returns the new revision. */
  put(key: string, value: Uint8Array): Promise<number>;
  /** Writes only if the key is absent or deleted; else fails with `broker-key-exists`. */
  create(key: string, value: Uint8Array): Promise<number>;
  /** Writes only if the key's revision is `revision`; else fails with `broker-revision-conflict`. */
  update(key: string, value: Uint8Array, revision: number): Promise<number>;
  delete(key: string): Promise<void>;
  /** First all present entries, then every change; `value` is undefined for a deletion. */
  watch(listener: (change: { key: string; value: Uint8Array | undefined; revision: number }) => void): Promise<Subscription>;
}

export interface StreamOptions {
  /** [A-Z0-9_-]{1,32}. */
  name: string;
  subjects: string[];
  /** Messages kept per subject; the oldest go first. Default: unlimited. */
  messagesPerSubjectMax?: number;
  /** Age at which messages vanish, in ms. Default: never. */
  ageMsMax?: number;
  /** Default file. */
  storage?: 'file' | 'memory';
}

export interface StoredMessage {
  subject: string;
  data: Uint8Array;
  /** Place in the stream, from 1. */
  sequence: number;
  /** Milliseconds since 1970-01-01 UTC. */
  storedAtMs: number;
}

export interface AppendOptions {
  /** The append is refused with `broker-sequence-conflict` unless the last sequence of this subject is this (0: none). */
  expectedLastSubjectSequence?: number;
  /** A message with the same id within two minutes is stored once; the answer is that of the first. */
  messageId?: string;
}

/** A log. Subscribers of the subject get what is appended as an event, too. */
export interface Stream {
  /** Resolves when the log has it. */
  append(subject: string, data: Uint8Array, options?: AppendOptions): Promise<{ sequence: number; isDuplicate: boolean }>;
  /** The newest `count` messages of a subject, oldest first. */
  last(subject: string, count: number): Promise<StoredMessage[]>;
  /** Messages of a subject (or pattern) from a sequence on, in order, up to what is there now, at most `count`. */
  read(subject: string, fromSequence: number, count: number): Promise<StoredMessage[]>;
}
