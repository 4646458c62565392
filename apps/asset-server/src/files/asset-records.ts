import { ASSET_RECORDS, type AssetRecord, type ContentHash, RecordBucket, storedBytesOf } from '@app/assets';
import type { Broker } from '@app/broker';
import type { Clock } from '@app/clock';

/** What is known of all files. */
export class AssetRecords {
  private readonly records: RecordBucket<AssetRecord>;
  private storedBytes = 0;

  constructor(broker: Broker, clock: Clock) {
    this.records = new RecordBucket(broker, clock, ASSET_RECORDS, ({ before, after }) => {
      this.storedBytes += (after ? storedBytesOf(after) : 0) - (before ? storedBytesOf(before) : 0);
    });
  }

  /** Resolves when everything that is there is known. */
  start(): Promise<void> {
    return this.records.start();
  }

  stop(): void {
    this.records.stop();
  }

  /** Files, and the bytes of all of them, compressed forms included. */
  get totals(): { files: number; bytes: number } {
    return { files: this.records.known.size, bytes: this.storedBytes };
  }

  entries(): IterableIterator<[ContentHash, AssetRecord]> {
    return this.records.known.entries();
  }

  /** Asks the broker about what is not known here: it may have been uploaded elsewhere a moment ago. */
  async get(hash: ContentHash): Promise<AssetRecord | undefined> {
    return this.records.known.get(hash) ?? this.records.read(hash);
  }

  /** Adds a file; of two who add the same one the first is remembered. */
  async add(hash: ContentHash, record: AssetRecord): Promise<AssetRecord> {
    const { after } = await this.records.change(hash, (before) => before ?? record);
    return after ?? record;
  }

  /** Changes what is known of a file; false when it is gone. */
  async change(hash: ContentHash, change: (record: AssetRecord) => AssetRecord): Promise<boolean> {
    const { after } = await this.records.change(hash, (record) => record && change(record));
    return after !== undefined;
  }

  /** Forgets a file; resolves with what was known of it at the end. */
  async delete(hash: ContentHash): Promise<AssetRecord | undefined> {
    const { before } = await this.records.change(hash, () => undefined);
    return before;
  }
}
