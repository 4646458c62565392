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
import { type MemoryBus, type Interest, newInterest } from './memory-bus.js';
import { MemoryKeyValue } from './memory-key-value.js';
import { MemoryObjectStore } from './memory-object-store.js';
import { MemoryStream } from './memory-stream.js';
import { MessageDelivery, newCounters, StatusListeners, ThrottledReports, tooLargeError } from './message-delivery.js';
import { checkBucket, checkStream } from './storage-names.js';
import { checkPattern, checkSubject } from './subject-match.js';

/** What nats-server takes by default, in bytes. */
const PAYLOAD_BYTES_MAX = 1_048_576;

/** One simulated process's connection to a MemoryBus. */
export class MemoryBroker implements Broker {
  private readonly counts = newCounters();
  private readonly status = new StatusListeners();
  private readonly active = new Map<Interest, MessageDelivery>();
  private readonly waiting = new Set<(error: BrokerError) => void>();
  private readonly upListeners = new Set<() => void>();
  private readonly tooLargeReports: ThrottledReports;
  private isUp = true;
  private isClosed = false;
  private drained: Promise<void> | undefined;
  /** Counts connections: what travelled on an older one is lost. */
  life = 1;

  constructor(readonly bus: MemoryBus) {
    this.tooLargeReports = new ThrottledReports(this.status, bus.clock);
  }

  get isConnected(): boolean {
    return this.isUp && !this.isClosed;
  }

  get counters(): BrokerCounters {
    return this.counts;
  }

  /** The connection breaks. */
  simulateDisconnect(): void {
    if (!this.isConnected) return;
    this.lose();
    this.status.tell({ type: 'disconnected' });
  }

  /** The connection comes back, with all subscriptions. */
  simulateReconnect(): void {
    if (this.isUp || this.isClosed) return;
    this.isUp = true;
    this.counts.reconnected++;
    for (const listener of [...this.upListeners]) listener();
    this.status.tell({ type: 'connected' });
  }

  publish(subject: string, data: Uint8Array, reply?: string): void {
    checkSubject(subject);
    if (reply !== undefined) checkSubject(reply);
    if (data.length > PAYLOAD_BYTES_MAX) {
      this.counts.publishedDropped++;
      this.tooLargeReports.tell({ type: 'error', error: tooLargeError(subject, data) });
      return;
    }
    if (!this.isConnected) {
      this.counts.publishedDropped++;
      return;
    }
    this.counts.published++;
    const message: BrokerMessage = { subject, data: data.slice(), reply };
    this.send(() => this.bus.accept(message));
  }

  subscribe(subject: string, handler: (message: BrokerMessage) => void, options: SubscribeOptions = {}): Subscription {
    checkPattern(subject);
    if (this.isClosed || this.drained) throw disconnected();
    const delivery = new MessageDelivery(subject, handler, this.counts, this.status, this.bus.clock);
    const interest = newInterest(this, subject, options.queue, (message) => delivery.deliver({ ...message }));
    this.active.set(interest, delivery);
    this.bus.addInterest(interest);
    return { unsubscribe: () => this.forget(interest) };
  }

  async request(subject: string, data: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    const [answer] = await this.ask(subject, data, options.timeoutMs, 1);
    if (answer) return answer;
    throw new BrokerError('broker-timeout', `Nobody answered on ${subject} in time.`);
  }

  async requestMany(subject: string, data: Uint8Array, options: RequestManyOptions): Promise<Uint8Array[]> {
    try {
      return await this.ask(subject, data, options.timeoutMs, options.repliesMax);
    } catch (error) {
      if (error instanceof BrokerError && error.code === 'broker-no-responders') return [];
      throw error;
    }
  }

  async flush(): Promise<void> {
    await this.roundTrip(() => undefined);
  }

  onStatus(listener: (status: BrokerStatus) => void): Subscription {
    return this.status.add(listener);
  }

  async keyValue(bucket: string, options: KeyValueOptions = {}): Promise<KeyValue> {
    checkBucket(bucket);
    return this.roundTrip(() => {
      const memory = this.bus.bucket(bucket);
      memory.configure(options);
      return new MemoryKeyValue(this, memory, bucket);
    });
  }

  async stream(options: StreamOptions): Promise<Stream> {
    checkStream(options);
    return this.roundTrip(() => new MemoryStream(this, this.bus.log(options)));
  }

  async objectStore(bucket: string): Promise<ObjectStore> {
    checkBucket(bucket);
    return this.roundTrip(() => new MemoryObjectStore(this, this.bus.objects(bucket)));
  }

  drain(): Promise<void> {
    this.drained ??= this.finish();
    return this.drained;
  }

  close(): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    this.isClosed = true;
    this.lose();
    for (const interest of [...this.active.keys()]) this.forget(interest);
    this.status.tell({ type: 'closed' });
    return Promise.resolve();
  }

  /** Does `work` at the broker: one travel there, one back. Fails when the connection breaks meanwhile. */
  roundTrip<T>(work: () => T): Promise<T> {
    if (!this.isConnected) return Promise.reject(disconnected());
    return new Promise<T>((resolve, reject) => {
      this.waiting.add(reject);
      const { life } = this;
      this.send(() => {
        let answer: () => void;
        try {
          const result = work();
          answer = () => resolve(result);
        } catch (error) {
          answer = () => reject(error instanceof Error ? error : new Error(String(error)));
        }
        this.bus.travel(() => {
          // What was done is done, but its author does not hear of it.
          if (this.life !== life) return;
          this.waiting.delete(reject);
          answer();
        });
      });
    });
  }

  /** Calls back whenever the connection has come back; returns the way to stop. */
  onUp(listener: () => void): () => void {
    this.upListeners.add(listener);
    return () => void this.upListeners.delete(listener);
  }

  /** Lets something travel from the broker to this process, unless the connection breaks on the way. */
  receive(callback: () => void): void {
    if (!this.isConnected) return;
    const { life } = this;
    this.bus.travel(() => {
      if (this.life === life) callback();
    });
  }

  /** Lets something travel to the broker. */
  private send(callback: () => void): void {
    const { life } = this;
    this.bus.travel(() => {
      if (this.life === life) callback();
    });
  }

  private ask(subject: string, data: Uint8Array, timeoutMs: number, answersMax: number): Promise<Uint8Array[]> {
    try {
      checkSubject(subject);
      if (data.length > PAYLOAD_BYTES_MAX) throw tooLargeError(subject, data);
    } catch (error) {
      return Promise.reject(error as BrokerError);
    }
    if (!this.isConnected) return Promise.reject(disconnected());
    return new Promise((resolve, reject) => {
      const answers: Uint8Array[] = [];
      const inbox = this.bus.newInbox();
      const interest = newInterest(this, inbox, undefined, (message) => {
        answers.push(message.data);
        if (answers.length >= answersMax) end();
      });
      const end = (error?: BrokerError): void => {
        timer.cancel();
        this.waiting.delete(lost);
        this.bus.removeInterest(interest);
        // Answers that had arrived before something went wrong are still answers.
        if (error && answers.length === 0) reject(error);
        else resolve(answers);
      };
      const lost = (error: BrokerError): void => end(error);
      const timer = this.bus.clock.after(timeoutMs, () => end());
      this.waiting.add(lost);
      this.bus.addInterest(interest);
      const message: BrokerMessage = { subject, data: data.slice(), reply: inbox };
      this.send(() => {
        if (this.bus.hasInterest(subject)) this.bus.route(message);
        else this.receive(() => end(new BrokerError('broker-no-responders', `Nobody listens on ${subject}.`)));
      });
    });
  }

  private forget(interest: Interest): void {
    this.bus.removeInterest(interest);
    this.active.delete(interest);
  }

  private lose(): void {
    this.isUp = false;
    this.life++;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const reject of waiting) reject(disconnected());
  }

  private async finish(): Promise<void> {
    if (this.isConnected) {
      const deliveries = [...this.active];
      try {
        // What the broker has sent by now arrives before the answer to this.
        await this.roundTrip(() => undefined);
        for (const [interest] of deliveries) this.forget(interest);
        await Promise.race([Promise.all(deliveries.map(([, delivery]) => delivery.whenIdle())), this.untilLost()]);
        await this.flush();
      } catch {
        // Closed below all the same.
      }
    }
    await this.close();
  }

  private untilLost(): Promise<never> {
    return new Promise((_, reject) => this.waiting.add(reject));
  }
}

function disconnected(): BrokerError {
  return new BrokerError('broker-disconnected', 'The connection to the broker is down.');
}
