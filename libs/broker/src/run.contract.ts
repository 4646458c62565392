import type { Broker, BrokerMessage } from './broker.js';

/** What one implementation gives to the suite. */
export interface BrokerContractSetup {
  /** A new connection to the same broker, as another process would have it. */
  connect(): Promise<Broker>;
  /** Breaks a connection, or the broker, until `restore`. */
  sever(): Promise<void>;
  restore(): Promise<void>;
  /** Brings the broker into a state that later suites may use. */
  teardown(): Promise<void>;
}

/** Longer than anything takes that works, in ms. */
export const WAIT_MS = 5_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes of a text. */
export const bytes = (text: string): Uint8Array => encoder.encode(text);
/** Text of bytes. */
export const textOf = (data: Uint8Array | undefined): string | undefined => data && decoder.decode(data);

/** Waits until something holds; says what it waited for when it never does. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = WAIT_MS,
): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Texts of messages. */
export const textsOf = (messages: readonly { data: Uint8Array }[]): (string | undefined)[] =>
  messages.map(({ data }) => textOf(data));

/** Names that no other test of the run uses: buckets and streams outlive a test. */
let unique = 0;

/** What the tests of the contract share: two processes' connections to one broker, fresh for each test. */
export class ContractRun {
  context!: BrokerContractSetup;
  one!: Broker;
  two!: Broker;
  /** First token of this test's subjects. */
  root = '';

  constructor(private readonly setup: () => Promise<BrokerContractSetup>) {}

  async begin(): Promise<void> {
    this.context = await this.setup();
    this.one = await this.context.connect();
    this.two = await this.context.connect();
    this.root = `t${++unique}`;
  }

  async end(): Promise<void> {
    await Promise.all([this.one.close(), this.two.close()]);
    await this.context.teardown();
  }

  /** What a subscription gets from now on. */
  collect(broker: Broker, subject: string, queue?: string): BrokerMessage[] {
    const seen: BrokerMessage[] = [];
    broker.subscribe(subject, (message) => seen.push({ ...message, data: message.data.slice() }), { queue });
    return seen;
  }

  /** Afterwards subscriptions are in force, and what was sent has arrived, at both connections. */
  async settle(): Promise<void> {
    for (const broker of [this.one, this.two, this.one, this.two]) await broker.flush();
  }
}
