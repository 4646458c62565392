import {
  DeliverPolicy,
  jetstreamManager,
  type ConsumerMessages,
  type JsMsg,
  type PushConsumer,
} from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import { nanos } from '@nats-io/transport-node';
import type { KeyValue, KeyValueEntry, KeyValueOptions, Subscription } from './broker.js';
import { BrokerError } from './broker.errors.js';
import { isWrongSequence, jetStreamError } from './nats-errors.js';
import type { NatsLink } from './nats-link.js';
import { checkBucket } from './storage-names.js';
import { checkKey } from './subject-match.js';
import { type KeyValueChange, WatchView } from './watch-view.js';

const OPERATION_HEADER = 'KV-Operation';
const MARKER_HEADER = 'Nats-Marker-Reason';
/** Pause before a watch that could not be started is tried again, in ms. */
const WATCH_RETRY_MS = 200;

/** What a lost race is called. */
interface Conflict {
  code: 'broker-key-exists' | 'broker-revision-conflict';
  text: string;
}

/** A bucket of JetStream's key-value store. */
export class NatsKeyValue implements KeyValue {
  /** Opens the bucket and makes it if need be; any number of processes may do so at once. */
  static async open(link: NatsLink, bucket: string, options: KeyValueOptions): Promise<NatsKeyValue> {
    checkBucket(bucket);
    try {
      return await link.run(async () => {
        const kvm = new Kvm(link.jetStream);
        const kv = await kvm
          .create(bucket, { history: options.historyCount ?? 1, ttl: options.ttlMs ?? 0 })
          // Somebody made it in the same moment, with other options.
          .catch(() => kvm.create(bucket));
        await adoptOptions(link, bucket, options);
        return new NatsKeyValue(link, bucket, kv);
      });
    } catch (error) {
      throw jetStreamError(error, `bucket ${bucket}`);
    }
  }

  private constructor(
    private readonly link: NatsLink,
    private readonly bucket: string,
    private readonly kv: KV,
  ) {}

  async get(key: string): Promise<KeyValueEntry | undefined> {
    checkKey(key);
    try {
      const entry = await this.link.run(() => this.kv.get(key));
      if (!entry || entry.operation !== 'PUT') return undefined;
      return { key, value: entry.value, revision: entry.revision };
    } catch (error) {
      throw jetStreamError(error, `key ${key} of bucket ${this.bucket}`);
    }
  }

  async put(key: string, value: Uint8Array): Promise<number> {
    return this.write(key, () => this.kv.put(key, value));
  }

  async create(key: string, value: Uint8Array): Promise<number> {
    return this.write(key, () => this.kv.create(key, value), {
      code: 'broker-key-exists',
      text: `Key ${key} of bucket ${this.bucket} exists.`,
    });
  }

  async update(key: string, value: Uint8Array, revision: number): Promise<number> {
    return this.write(key, () => this.kv.update(key, value, revision), this.conflictAt(key, revision));
  }

  async delete(key: string, revision?: number): Promise<void> {
    const options = revision === undefined ? undefined : { previousSeq: revision };
    const conflict = revision === undefined ? undefined : this.conflictAt(key, revision);
    await this.write(key, () => this.kv.delete(key, options).then(() => 0), conflict);
  }

  async watch(listener: (change: KeyValueChange) => void): Promise<Subscription> {
    const watch = new NatsWatch(this.link, `KV_${this.bucket}`, `$KV.${this.bucket}.`, new WatchView(listener));
    try {
      await watch.start();
    } catch (error) {
      watch.unsubscribe();
      throw jetStreamError(error, `bucket ${this.bucket}`);
    }
    return watch;
  }

  private conflictAt(key: string, revision: number): Conflict {
    const code = 'broker-revision-conflict';
    const text = `Key ${key} of bucket ${this.bucket} is not at revision ${revision}.`;
    // Revision 0 would mean "absent", or nothing at all, to the log; that is what `create` is for.
    if (!(revision >= 1)) throw new BrokerError(code, text);
    return { code, text };
  }

  private async write(key: string, work: () => Promise<number>, conflict?: Conflict): Promise<number> {
    checkKey(key);
    try {
      return await this.link.run(work);
    } catch (error) {
      if (conflict && isWrongSequence(error)) throw new BrokerError(conflict.code, conflict.text, { cause: error });
      throw jetStreamError(error, `key ${key} of bucket ${this.bucket}`);
    }
  }
}

/** Gives an existing bucket the options that were asked for. */
async function adoptOptions(link: NatsLink, bucket: string, options: KeyValueOptions): Promise<void> {
  if (options.historyCount === undefined && options.ttlMs === undefined) return;
  const manager = await jetstreamManager(link.connection, { checkAPI: false });
  const { config } = await manager.streams.info(`KV_${bucket}`);
  const history = options.historyCount ?? config.max_msgs_per_subject;
  const age = options.ttlMs === undefined ? config.max_age : nanos(options.ttlMs);
  if (config.max_msgs_per_subject === history && config.max_age === age) return;
  // The window in which repeated writes are recognised must not be longer than values live.
  const window = age > 0 ? Math.min(config.duplicate_window, age) : config.duplicate_window;
  await manager.streams.update(`KV_${bucket}`, {
    max_msgs_per_subject: history,
    max_age: age,
    duplicate_window: window,
  });
}

/** One watcher. It starts again whenever the connection has come back, because what it missed is not sent again. */
class NatsWatch implements Subscription {
  private consumer: PushConsumer | undefined;
  private messages: ConsumerMessages | undefined;
  private isStopped = false;
  /** Counts starts, so that messages of an older one are not taken for news. */
  private turn = 0;
  private readonly stopListening: () => void;

  constructor(
    private readonly link: NatsLink,
    private readonly streamName: string,
    private readonly prefix: string,
    private readonly view: WatchView,
  ) {
    this.stopListening = link.onUp(() => void this.restart());
  }

  /** Resolves when all present entries were told. */
  start(): Promise<void> {
    const turn = ++this.turn;
    return this.link.run(async () => {
      const consumer = await this.link.jetStream.consumers.getPushConsumer(this.streamName, {
        deliver_policy: DeliverPolicy.LastPerSubject,
      });
      if (!this.isCurrent(turn)) {
        void consumer.delete().catch(() => false);
        return;
      }
      this.consumer = consumer;
      const present = (await consumer.info(true)).num_pending;
      this.view.beginSnapshot();
      await this.consume(consumer, turn, present);
    });
  }

  /** Resolves when `presentCount` entries were told. */
  private consume(consumer: PushConsumer, turn: number, presentCount: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let count = 0;
      const endSnapshot = (): void => {
        this.view.endSnapshot();
        resolve();
      };
      const callback = (message: JsMsg): void => {
        if (!this.isCurrent(turn)) return;
        this.tell(message);
        if (++count === presentCount) endSnapshot();
      };
      consumer.consume({ callback }).then((messages) => {
        if (this.isCurrent(turn)) this.messages = messages;
        else messages.stop();
      }, reject);
      if (presentCount === 0) endSnapshot();
    });
  }

  /** Whether a start is still the newest one of a watch that goes on. */
  private isCurrent(turn: number): boolean {
    return !this.isStopped && turn === this.turn;
  }

  unsubscribe(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.stopListening();
    this.stopConsumer();
  }

  private tell(message: JsMsg): void {
    const key = message.subject.slice(this.prefix.length);
    const isGone = message.headers?.has(OPERATION_HEADER) || message.headers?.has(MARKER_HEADER);
    try {
      this.view.accept(key, isGone ? undefined : message.data, message.seq);
    } catch {
      // A listener that fails must not end the consumer.
    }
  }

  private async restart(): Promise<void> {
    this.stopConsumer();
    const turn = this.turn + 1;
    try {
      await this.start();
    } catch {
      // JetStream may need a moment after the broker's start. A broken connection starts this again by itself.
      if (!this.isCurrent(turn) || !this.link.isConnected) return;
      this.link.clock.after(WATCH_RETRY_MS, () => {
        if (this.isCurrent(turn) && this.link.isConnected) void this.restart();
      });
    }
  }

  private stopConsumer(): void {
    this.messages?.stop();
    this.messages = undefined;
    const { consumer } = this;
    this.consumer = undefined;
    if (consumer && this.link.isConnected) void consumer.delete().catch(() => false);
  }
}
