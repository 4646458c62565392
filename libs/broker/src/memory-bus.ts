import { type Clock, SystemClock } from '@app/clock';
import type { AppendOptions, BrokerMessage, StreamOptions } from './broker.js';
import { MemoryBroker } from './memory-broker.js';
import { MemoryBucket } from './memory-key-value.js';
import { MemoryObjects } from './memory-object-store.js';
import { type AppendResult, MemoryLog } from './memory-stream.js';
import { subjectMatcher } from './subject-match.js';

export interface MemoryBusOptions {
  /** Drives timeouts, ages and delays; default the machine's. */
  clock?: Clock;
  /** How long a message travels from process to process, in ms. Default 0: it arrives in the same turn of events. */
  delayMs?: number;
}

/** One process's interest in a subject, as the broker keeps it. */
export interface Interest {
  readonly owner: MemoryBroker;
  readonly pattern: string;
  readonly queue: string | undefined;
  readonly matches: (subject: string) => boolean;
  readonly receive: (message: BrokerMessage) => void;
}

/**
 * A broker in memory: what nats-server is to NatsBroker. Connections are made by `connect`, one for each simulated
 * process; `partition` cuts one off and `heal` brings it back.
 *
 * Messages always arrive later than they were sent, never inside the call, and in the order in which they were sent.
 */
export class MemoryBus {
  readonly clock: Clock;
  private readonly delayMs: number;
  private readonly interests = new Set<Interest>();
  private readonly buckets = new Map<string, MemoryBucket>();
  private readonly logs = new Map<string, MemoryLog>();
  private readonly objectBuckets = new Map<string, MemoryObjects>();
  private readonly turns = new Map<string, number>();
  private nextInbox = 1;

  constructor(options: MemoryBusOptions = {}) {
    this.clock = options.clock ?? new SystemClock();
    this.delayMs = options.delayMs ?? 0;
  }

  /** A new connection, as a process would have. */
  connect(): MemoryBroker {
    return new MemoryBroker(this);
  }

  /** Cuts a connection off: what is on its way to it is lost. */
  partition(broker: MemoryBroker): void {
    broker.simulateDisconnect();
  }

  /** Ends `partition`. */
  heal(broker: MemoryBroker): void {
    broker.simulateReconnect();
  }

  /** Runs `callback` after one travel to or from the broker. */
  travel(callback: () => void): void {
    if (this.delayMs > 0) this.clock.after(this.delayMs, callback);
    else queueMicrotask(callback);
  }

  addInterest(interest: Interest): void {
    this.interests.add(interest);
  }

  removeInterest(interest: Interest): void {
    this.interests.delete(interest);
  }

  newInbox(): string {
    return `_INBOX.${this.nextInbox++}`;
  }

  /** Whether anybody would get a message on `subject` at this moment. */
  hasInterest(subject: string): boolean {
    for (const interest of this.interests) {
      if (interest.owner.isConnected && interest.matches(subject)) return true;
    }
    return false;
  }

  /** Takes a published message: stores it where it is stored, and passes it on. */
  accept(message: BrokerMessage): void {
    this.route(message);
    for (const log of this.logs.values()) {
      if (log.accepts(message.subject)) this.store(log, message.subject, message.data);
    }
  }

  /** Appends to a log, and republishes what it has taken. */
  store(log: MemoryLog, subject: string, data: Uint8Array, options?: AppendOptions): AppendResult {
    const { previousSequence, ...result } = log.append(subject, data, options);
    const out = result.isDuplicate ? undefined : log.republishedOn(subject);
    if (out !== undefined) this.route({ subject: out, data, sequence: result.sequence, previousSequence });
    return result;
  }

  /** Passes a message that has reached the broker on to everybody who wants it, and to one of each queue. */
  route(message: BrokerMessage): void {
    const queues = new Map<string, Interest[]>();
    for (const interest of this.interests) {
      if (!interest.owner.isConnected || !interest.matches(message.subject)) continue;
      if (interest.queue === undefined) {
        this.forward(interest, message);
        continue;
      }
      const key = `${interest.pattern} ${interest.queue}`;
      const members = queues.get(key);
      if (members) members.push(interest);
      else queues.set(key, [interest]);
    }
    for (const [key, members] of queues) {
      // In turn rather than at random: simulations must repeat, and everybody gets their share.
      const turn = this.turns.get(key) ?? 0;
      this.turns.set(key, turn + 1);
      this.forward(members[turn % members.length], message);
    }
  }

  /** The bucket of that name; made when it is new. */
  bucket(name: string): MemoryBucket {
    let bucket = this.buckets.get(name);
    if (!bucket) {
      bucket = new MemoryBucket(this.clock);
      this.buckets.set(name, bucket);
    }
    return bucket;
  }

  /** The bucket of objects of that name; made when it is new. */
  objects(name: string): MemoryObjects {
    let objects = this.objectBuckets.get(name);
    if (!objects) {
      objects = new MemoryObjects(this.clock);
      this.objectBuckets.set(name, objects);
    }
    return objects;
  }

  /** The log of that name with these options; made when it is new. */
  log(options: StreamOptions): MemoryLog {
    let log = this.logs.get(options.name);
    if (log && options.isAsItIs) return log;
    if (!log) {
      log = new MemoryLog(this.clock);
      this.logs.set(options.name, log);
    }
    log.configure(options);
    return log;
  }

  private forward(interest: Interest, message: BrokerMessage): void {
    const { owner } = interest;
    const { life } = owner;
    this.travel(() => {
      // Lost with the connection it was travelling on, or no longer wanted.
      if (owner.life !== life || !this.interests.has(interest)) return;
      interest.receive(message);
    });
  }
}

/** Makes the matcher of an interest once. */
export function newInterest(
  owner: MemoryBroker,
  pattern: string,
  queue: string | undefined,
  receive: (message: BrokerMessage) => void,
): Interest {
  return { owner, pattern, queue, matches: subjectMatcher(pattern), receive };
}
