import {
  ASSET_RECORDS_BUCKET,
  type AssetRecord,
  type ContentHash,
  decodeRecord,
  encodeRecord,
  storedBytesOf,
} from '@app/assets';
import { type Broker, BrokerError, type KeyValue, type Subscription } from '@app/broker';
import { AssetError } from '../asset-server.errors.js';

const ATTEMPTS_MAX = 8;

/** What is known of all files, kept in the broker, and here in memory as the broker tells it. */
export class AssetRecords {
  private readonly known = new Map<ContentHash, AssetRecord>();
  private bucket: KeyValue | undefined;
  private watching: Subscription | undefined;
  private storedBytes = 0;

  constructor(private readonly broker: Broker) {}

  /** Resolves when everything that is there is known. */
  async start(): Promise<void> {
    this.bucket = await this.broker.keyValue(ASSET_RECORDS_BUCKET);
    this.watching = await this.bucket.watch(({ key, value }) => this.learn(key, value && decodeRecord(value)));
  }

  stop(): void {
    this.watching?.unsubscribe();
  }

  /** Files, and the bytes of all of them, compressed forms included. */
  get totals(): { files: number; bytes: number } {
    return { files: this.known.size, bytes: this.storedBytes };
  }

  entries(): IterableIterator<[ContentHash, AssetRecord]> {
    return this.known.entries();
  }

  /** Asks the broker about what is not known here: it may have been uploaded elsewhere a moment ago. */
  async get(hash: ContentHash): Promise<AssetRecord | undefined> {
    const known = this.known.get(hash);
    if (known) return known;
    const entry = await this.ask((bucket) => bucket.get(hash));
    const record = entry && decodeRecord(entry.value);
    if (record) this.learn(hash, record);
    return record;
  }

  /** Adds a file; of two who add the same one the first is remembered. */
  async add(hash: ContentHash, record: AssetRecord): Promise<AssetRecord> {
    try {
      await this.ask((bucket) => bucket.create(hash, encodeRecord(record)));
      this.learn(hash, record);
      return record;
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      return (await this.get(hash)) ?? record;
    }
  }

  /** Changes what is known of a file, unless it is gone. */
  async change(hash: ContentHash, change: (record: AssetRecord) => AssetRecord): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const entry = await this.ask((bucket) => bucket.get(hash));
      const record = entry && decodeRecord(entry.value);
      if (!record) return;
      const changed = change(record);
      try {
        await this.ask((bucket) => bucket.update(hash, encodeRecord(changed), entry.revision));
        return this.learn(hash, changed);
      } catch (error) {
        if (!(error instanceof BrokerError)) throw error;
      }
    }
  }

  async delete(hash: ContentHash): Promise<void> {
    await this.ask((bucket) => bucket.delete(hash));
    this.learn(hash, undefined);
  }

  private learn(hash: ContentHash, record: AssetRecord | undefined): void {
    const before = this.known.get(hash);
    if (before) this.storedBytes -= storedBytesOf(before);
    if (!record) return void this.known.delete(hash);
    this.known.set(hash, record);
    this.storedBytes += storedBytesOf(record);
  }

  /** Lost races come out as BrokerError, everything else as what callers are told. */
  private async ask<T>(request: (bucket: KeyValue) => Promise<T>): Promise<T> {
    try {
      if (!this.bucket) throw new AssetError('asset-store-unavailable', 'The asset-server is still starting.');
      return await request(this.bucket);
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      if (error.code === 'broker-key-exists' || error.code === 'broker-revision-conflict') throw error;
      throw new AssetError('asset-store-unavailable', 'The list of files does not answer.', { cause: error });
    }
  }
}
