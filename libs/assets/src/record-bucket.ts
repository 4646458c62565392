import { type Broker, BrokerError, type KeyValue, type Subscription } from '@app/broker';
import { type Clock, pause } from '@app/clock';
import { AssetStoreError } from './assets.errors.js';
import { NewestValues } from './newest-values.js';

/** How records of one kind are kept. */
export interface RecordFormat<R> {
  bucket: string;
  /** The key of a name, and back; undefined for keys that are none of ours. */
  keyOf(id: string): string;
  idOf(key: string): string | undefined;
  encode(record: R): Uint8Array;
  /** Undefined for what nobody of us has written. */
  decode(bytes: Uint8Array): R | undefined;
}

/** What a change found, and what it left. */
export interface RecordChange<R> {
  before: R | undefined;
  after: R | undefined;
}

/** A change that others overtake is tried this often, with pauses that double, from this one in ms. */
const ATTEMPTS_MAX = 9;
const PAUSE_MS = 4;

/**
 * Records in a bucket of the broker, and, once started, here in memory as the broker tells them. Every change is a
 * compare-and-set, so that of two at once neither is lost.
 */
export class RecordBucket<R> {
  private readonly newest = new NewestValues<R>();
  private opened: Promise<KeyValue> | undefined;
  private watching: Subscription | undefined;
  private encodedBytes = 0;

  /** @param onChange  told of each record that is known from now on, or no longer */
  constructor(
    private readonly broker: Broker,
    private readonly clock: Clock,
    private readonly format: RecordFormat<R>,
    private readonly onChange: (change: RecordChange<R>) => void = () => undefined,
  ) {}

  /** Resolves when everything that is there is known. */
  async start(): Promise<void> {
    const entries = await this.ask(async (opened) => opened);
    this.watching = await entries.watch(({ key, value, revision }) => {
      const id = this.format.idOf(key);
      if (id !== undefined) this.learn(id, value && this.format.decode(value), revision, value?.length);
    });
  }

  stop(): void {
    this.watching?.unsubscribe();
  }

  /** As the broker has told it so far. */
  get known(): ReadonlyMap<string, R> {
    return this.newest.values;
  }

  /** Bytes of all records as they are stored. */
  get sizeBytes(): number {
    return this.encodedBytes;
  }

  /** As all asset-servers agree at this moment. */
  async read(id: string): Promise<R | undefined> {
    return (await this.readEntry(id)).record;
  }

  /**
   * Changes a record to what is decided about it: the same one leaves it, undefined deletes it. The decision is made again
   * when somebody else was faster. Fails with `asset-busy` when others go on being faster.
   */
  async change(id: string, decide: (record: R | undefined) => R | undefined): Promise<RecordChange<R>> {
    const key = this.format.keyOf(id);
    for (let attempt = 1; ; attempt++) {
      const { record: before, revision } = await this.readEntry(id);
      const after = decide(before);
      if (after === before) return { before, after };
      try {
        if (after) await this.write(id, after, revision);
        else {
          await this.ask((entries) => entries.delete(key, revision));
          this.learn(id, undefined, revision);
        }
        return { before, after };
      } catch (error) {
        if (!(error instanceof BrokerError)) throw error;
        if (attempt >= ATTEMPTS_MAX) throw new AssetStoreError('asset-busy', 'Others change this at the same time.');
      }
      await pause(this.clock, PAUSE_MS * 2 ** (attempt - 1));
    }
  }

  private async write(id: string, record: R, revision: number): Promise<void> {
    const key = this.format.keyOf(id);
    const bytes = this.format.encode(record);
    const written = await this.ask((entries) =>
      revision === 0 ? entries.create(key, bytes) : entries.update(key, bytes, revision),
    );
    this.learn(id, record, written, bytes.length);
  }

  private async readEntry(id: string): Promise<{ record: R | undefined; revision: number }> {
    const entry = await this.ask((entries) => entries.get(this.format.keyOf(id)));
    const record = entry && this.format.decode(entry.value);
    if (entry && record) this.learn(id, record, entry.revision, entry.value.length);
    return { record, revision: entry?.revision ?? 0 };
  }

  private learn(id: string, record: R | undefined, revision: number, sizeBytes = 0): void {
    const before = this.newest.learn(id, record, revision, sizeBytes);
    if (!before) return;
    this.encodedBytes += (record ? sizeBytes : 0) - before.sizeBytes;
    this.onChange({ before: before.value, after: record });
  }

  /** Lost races come out as BrokerError, everything else as what callers are told. */
  private async ask<T>(request: (entries: KeyValue) => Promise<T>): Promise<T> {
    try {
      this.opened ??= this.broker.keyValue(this.format.bucket);
      // What fails once is tried again by the next one who asks.
      this.opened.catch(() => (this.opened = undefined));
      return await request(await this.opened);
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      if (error.code === 'broker-key-exists' || error.code === 'broker-revision-conflict') throw error;
      throw new AssetStoreError('asset-store-unavailable', 'The list of files does not answer.', { cause: error });
    }
  }
}
