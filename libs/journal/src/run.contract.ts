import type { AppendOptions, Broker, BrokerMessage, Stream, Subscription } from '@app/broker';
import { BrokerError } from '@app/broker';
import { pause, SystemClock } from '@app/clock';
import type { LogEntry, LogSubjects } from './log-entry.js';

/** What one broker gives to the suites. */
export interface JournalContractSetup {
  /** A new connection to the same broker, as another process would have it. */
  connect(): Promise<Broker>;
  /** Breaks all connections, or kills the broker, until `restore`. */
  sever(): Promise<void>;
  restore(): Promise<void>;
  /** Brings the broker into a state that later suites may use. */
  teardown(): Promise<void>;
}

export const clock = new SystemClock();
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes of a text. */
export const bytes = (text: string): Uint8Array => encoder.encode(text);
/** Text of bytes. */
export const textOf = (data: Uint8Array): string => decoder.decode(data);
/** What entries are, in short. */
export const textsOf = (entries: readonly LogEntry[]): string[] =>
  entries.map(({ sequence, data }) => `${sequence}:${textOf(data)}`);

/** Waits until something holds; says what it waited for when it never does. */
export async function eventually(what: string, holds: () => boolean, timeoutMs = 8_000): Promise<void> {
  const deadlineMs = clock.nowMs() + timeoutMs;
  while (!holds()) {
    if (clock.nowMs() > deadlineMs) throw new Error(`waited in vain until ${what}`);
    await pause(clock, 5);
  }
}

/** Names that no other test of the run uses: streams outlive a test. */
let unique = 0;

/** What the tests share: two processes' connections to one broker and a log, fresh for each test. */
export class JournalRun {
  context!: JournalContractSetup;
  one!: Broker;
  two!: Broker;
  stream!: Stream;
  root = '';

  constructor(private readonly setup: () => Promise<JournalContractSetup>) {}

  async begin(): Promise<void> {
    this.context = await this.setup();
    this.one = await this.context.connect();
    this.two = await this.context.connect();
    this.root = `j${++unique}`;
    this.stream = await this.streamOf(this.one);
  }

  async end(): Promise<void> {
    await Promise.all([this.one.close(), this.two.close()]);
    await this.context.teardown();
  }

  get subjects(): LogSubjects {
    return { log: `${this.root}.log.*`, out: `${this.root}.out.*` };
  }

  /** The test's log as one of the connections sees it. */
  streamOf(broker: Broker, options: { messagesPerSubjectMax?: number } = {}): Promise<Stream> {
    const { log, out } = this.subjects;
    return broker.stream({
      name: this.root.toUpperCase(),
      subjects: [log],
      republish: { from: log, to: out },
      ...options,
    });
  }

  /** Appends texts, one after the other. */
  async fill(texts: readonly string[], who = 'a'): Promise<void> {
    for (const text of texts) await this.stream.append(`${this.root}.log.${who}`, bytes(text));
  }
}

/** A broker whose events get lost on the way to one process whenever `loses` says so. */
export function lossy(broker: Broker, loses: (message: BrokerMessage) => boolean): Broker {
  return new Proxy(broker, {
    get: (target, name) => {
      if (name === 'subscribe') {
        return (subject: string, handler: (message: BrokerMessage) => void): Subscription =>
          target.subscribe(subject, (message) => (loses(message) ? undefined : handler(message)));
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** What goes wrong with an append: it fails before or after the log has it. */
export type AppendFault = 'lost' | 'unheard' | undefined;

/** A stream whose appends fail in the given ways, in turn; then they succeed. */
export function faulty(stream: Stream, faults: AppendFault[]): Stream {
  return new Proxy(stream, {
    get: (target, name) => {
      if (name === 'append') {
        return async (subject: string, data: Uint8Array, options?: AppendOptions): Promise<unknown> => {
          const fault = faults.shift();
          if (fault === 'lost') throw new BrokerError('broker-unavailable', 'Lost on the way.');
          const answer = await target.append(subject, data, options);
          if (fault === 'unheard') throw new BrokerError('broker-disconnected', 'The answer was lost.');
          return answer;
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
