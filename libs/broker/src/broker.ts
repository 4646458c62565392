/** One message as a subscriber sees it. `data` belongs to the receiver only until its handler returns or resolves. */
export interface BrokerMessage {
  subject: string;
  data: Uint8Array;
  /** Where an answer is expected; absent for events. */
  reply?: string;
  /** For what a stream republishes: its place in the stream. */
  sequence?: number;
  /** For what a stream republishes: the place of the message before it on the same subject, 0 for the first. */
  previousSequence?: number;
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
  /** A subscription's handlers do not finish as fast as messages arrive; what is too much was dropped. */
  | { type: 'slow-consumer'; subject: string }
  /** A handler threw or rejected; at most one report a second for each subscription, `counters` has them all. */
  | { type: 'handler-failed'; subject: string; error: unknown }
  /** Something was refused, for example a subject that this account may not use, or a payload that is too large. */
  | { type: 'error'; error: Error }
  | { type: 'closed'; cause?: Error };

/** What a connection has done since it was made. All of them only rise. */
export interface BrokerCounters {
  readonly published: number;
  /** Not sent: disconnected, too large, or the broker did not take bytes as fast as they came. */
  readonly publishedDropped: number;
  readonly delivered: number;
  /** Not handled, because too many handlers of the subscription had not finished. */
  readonly deliveredDropped: number;
  /** Handlers that threw or rejected. */
  readonly handlersFailed: number;
  readonly reconnected: number;
}

/**
 * The message broker as roles see it. Two implementations, one contract (broker.contract.ts): NATS, and memory for
 * simulations.
 *
 * Events are at most once. While disconnected, `publish` of the real-time path is dropped and counted rather than
 * queued: late sound is worth nothing. Requests fail with BrokerError.
 */
export interface Broker {
  /**
   * Sends an event. `data` must not be changed afterwards. What cannot be sent is dropped and counted, because a tick
   * must not fail: while disconnected, or when there are more bytes than the broker takes (reported as an `error`, too).
   * Throws only `broker-invalid-subject`.
   */
  publish(subject: string, data: Uint8Array, reply?: string): void;
  /**
   * `*` matches one token, `>` the rest. Handlers of one subscription run in order of arrival. One that throws or
   * rejects is counted and reported, and harms nobody. What was subscribed stays so when the connection breaks and
   * comes back. Throws `broker-disconnected` on a connection that is draining or closed.
   */
  subscribe(subject: string, handler: (message: BrokerMessage) => void, options?: SubscribeOptions): Subscription;
  /** Fails with `broker-no-responders`, `broker-timeout` or `broker-disconnected`. */
  request(subject: string, data: Uint8Array, options: RequestOptions): Promise<Uint8Array>;
  /** Collects answers from everybody who listens; none is an empty list, not an error. */
  requestMany(subject: string, data: Uint8Array, options: RequestManyOptions): Promise<Uint8Array[]>;
  /** Waits until the broker has everything that was published before. */
  flush(): Promise<void>;
  readonly isConnected: boolean;
  readonly counters: BrokerCounters;
  onStatus(listener: (status: BrokerStatus) => void): Subscription;
  keyValue(bucket: string, options?: KeyValueOptions): Promise<KeyValue>;
  stream(options: StreamOptions): Promise<Stream>;
  /** Opens a bucket for objects; makes it if need be. */
  objectStore(bucket: string): Promise<ObjectStore>;
  /**
   * Takes no new messages, lets handlers of those that have arrived finish (rejected or not), sends what was
   * published, then closes. Waits for handlers as long as they take: whoever cannot wait calls `close`, which ends this,
   * too. A second call returns the same promise; after `close` it has nothing to do.
   */
  drain(): Promise<void>;
  /** Closes at once: waiting requests fail with `broker-disconnected`. A second call is harmless. */
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

/**
 * Small facts. Every decision between rivals is a compare-and-set, never a read.
 *
 * Keys are letters, digits, `-`, `_`, `=`, `/` and `.` (`broker-invalid-subject` for others). While the broker is away
 * everything fails with `broker-disconnected` or `broker-unavailable`; a write that failed in this way may have been done.
 */
export interface KeyValue {
  get(key: string): Promise<KeyValueEntry | undefined>;
  /** Writes whatever is there. Returns the new revision. */
  put(key: string, value: Uint8Array): Promise<number>;
  /** Writes only if the key is absent or deleted; else fails with `broker-key-exists`. */
  create(key: string, value: Uint8Array): Promise<number>;
  /** Writes only if the key's revision is `revision`; else fails with `broker-revision-conflict`. */
  update(key: string, value: Uint8Array, revision: number): Promise<number>;
  /** Whatever is there; with a revision only if the key has that one, else it fails with `broker-revision-conflict`. */
  delete(key: string, revision?: number): Promise<void>;
  /**
   * First all present entries, then every change; `value` is undefined for a deletion. Resolves when the present ones
   * were told. After a broken connection what changed meanwhile is told; of several changes of one key only the last.
   */
  watch(
    listener: (change: { key: string; value: Uint8Array | undefined; revision: number }) => void,
  ): Promise<Subscription>;
}

export interface StreamOptions {
  /** [A-Z0-9_-]{1,64}. */
  name: string;
  /** Subjects or patterns that are stored. */
  subjects: string[];
  /** Messages kept per subject; the oldest go first. Default: unlimited. */
  messagesPerSubjectMax?: number;
  /** Age at which messages vanish, in ms. Default: never. */
  ageMsMax?: number;
  /** Default file. Fixed once the stream is made. */
  storage?: 'file' | 'memory';
  /**
   * Publishes what was stored, once, in the log's order, with its sequences: `from` and `to` are patterns with the same
   * number of `*`. Republished messages carry `sequence` and `previousSequence`. Fixed once the stream is made.
   */
  republish?: { from: string; to: string };
  /** Bytes kept in all; the oldest go first. Default: unlimited. */
  bytesMax?: number;
  /** A stream that is there stays as it is: for readers, who do not know its limits. Default false. */
  isAsItIs?: boolean;
}

export interface StoredMessage {
  subject: string;
  data: Uint8Array;
  /** Place in the stream, from 1. */
  sequence: number;
  /** Milliseconds since 1970-01-01 UTC. */
  storedAtMs: number;
  /** What its author has named it, see AppendOptions. */
  messageId?: string;
}

/** What a stream holds. Sequences rise by one with each message, whatever its subject. */
export interface StreamState {
  /** Sequence of the oldest message that is there; one more than `lastSequence` when there is none. */
  firstSequence: number;
  /** Sequence of the newest message that was ever stored; 0 when there never was one. */
  lastSequence: number;
  /** Bytes that its messages take where they are stored; about. */
  sizeBytes: number;
}

export interface AppendOptions {
  /** The append is refused with `broker-sequence-conflict` unless the last sequence of this subject is this (0: none). */
  expectedLastSubjectSequence?: number;
  /** A message with the same id within two minutes is stored once; the answer is that of the first. */
  messageId?: string;
}

/**
 * A log. Whoever wants to hear what is stored as it is stored subscribes to `republish.to`; on the stream's own subjects
 * one also hears what the log refuses and what it has already.
 *
 * While the broker is away everything fails with `broker-disconnected` or `broker-unavailable`; an append that failed in
 * this way may have been done, which is what message ids are for.
 */
export interface Stream {
  /** Resolves when the log has it. */
  append(
    subject: string,
    data: Uint8Array,
    options?: AppendOptions,
  ): Promise<{ sequence: number; isDuplicate: boolean }>;
  /** The newest `count` messages of a subject, oldest first. */
  last(subject: string, count: number): Promise<StoredMessage[]>;
  /** Messages of a subject (or pattern) from a sequence on, in order, up to what is there now, at most `count`. */
  read(subject: string, fromSequence: number, count: number): Promise<StoredMessage[]>;
  state(): Promise<StreamState>;
  /**
   * Messages of a subject or pattern whose sequences are from `fromSequence` to `toSequence`, in order. Ends there, or at
   * what was the end of the stream when this began. Made for reading long logs: messages come in large batches, of which
   * one is read ahead. Whoever stops early loses nothing; a broken connection ends it with an error.
   */
  scan(pattern: string, fromSequence: number, toSequence: number): AsyncIterable<StoredMessage>;
  /** The sequence of the last message stored at or before a time (ms since 1970-01-01 UTC); 0 when there is none. */
  sequenceAt(timeMs: number): Promise<number>;
  /** The message at a place of the stream; undefined when it is not there, or not any more. */
  get(sequence: number): Promise<StoredMessage | undefined>;
  /** Forgets all messages before a sequence; the others keep theirs. Nothing happens when they are gone already. */
  trimBefore(sequence: number): Promise<void>;
}

/** What is known of a stored object without reading it. */
export interface ObjectInfo {
  name: string;
  sizeBytes: number;
  /** Milliseconds since 1970-01-01 UTC. */
  storedAtMs: number;
  metadata: Readonly<Record<string, string>>;
}

/** An object on its way out. `data` can be read once. */
export interface StoredObject extends ObjectInfo {
  /** Ends with `broker-object-corrupt` when the bytes are not those that were stored, or not all of them. */
  data: AsyncIterable<Uint8Array>;
}

/**
 * Large pieces of data under a name of 1 to 256 characters. An object is there as a whole or not at all: one that was
 * not stored completely is not seen by anybody.
 *
 * While the broker is away everything fails with `broker-disconnected` or `broker-unavailable`, reading that has begun,
 * too; a write that failed in this way may have been done.
 */
export interface ObjectStore {
  /** Stores an object; one of the same name is replaced. `data` is read once. */
  put(
    name: string,
    data: Uint8Array | AsyncIterable<Uint8Array>,
    metadata?: Readonly<Record<string, string>>,
  ): Promise<{ sizeBytes: number }>;
  get(name: string): Promise<StoredObject | undefined>;
  info(name: string): Promise<ObjectInfo | undefined>;
  /** Replaces what is known of an object and leaves its bytes as they are; false when there is no such object. */
  describe(name: string, metadata: Readonly<Record<string, string>>): Promise<boolean>;
  /** One that is not there is no error. */
  delete(name: string): Promise<void>;
  /** Objects whose names begin with `prefix`, sorted by name (UTF-16 code units). */
  list(prefix: string): Promise<ObjectInfo[]>;
}
