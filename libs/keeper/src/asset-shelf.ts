import {
  announcedType,
  ASSET_PATHS_BUCKET,
  ASSET_RECORDS_BUCKET,
  AssetStoreError,
  type BlobStore,
  currentOf,
  decodePathRecord,
  encodePathRecord,
  encodeRecord,
  keyOfPath,
  pathOfKey,
  SNIFF_BYTES,
  sniffedType,
  sourceOfBytes,
  withVersion,
} from '@app/assets';
import { type Broker, BrokerError, type KeyValue } from '@app/broker';
import type { Clock } from '@app/clock';
import { ASSET_VERSIONS_MAX, readAssetPath } from '@app/world';
import { KeeperError } from './keeper.errors.js';

const ATTEMPTS_MAX = 8;
/** Who an asset is from that an operator has imported. */
const BY = 'operator';

/** The domain's assets, where the asset-servers keep them. */
export class AssetShelf {
  /** @param blobs  the store that the asset-servers use, too */
  static async open(broker: Broker, blobs: BlobStore, clock: Clock): Promise<AssetShelf> {
    const [records, paths] = [broker.keyValue(ASSET_RECORDS_BUCKET), broker.keyValue(ASSET_PATHS_BUCKET)];
    return new AssetShelf(blobs, await records, await paths, clock);
  }

  private constructor(
    private readonly blobs: BlobStore,
    private readonly records: KeyValue,
    private readonly pathRecords: KeyValue,
    private readonly clock: Clock,
  ) {}

  /** All paths, with a slash at their beginning, and the hashes that they lead to. */
  async paths(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const watch = await this.pathRecords.watch(({ key, value }) => {
      const path = pathOfKey(key);
      const record = value && decodePathRecord(value);
      if (path !== undefined && record) found.set(`/${path}`, currentOf(record).hash);
    });
    watch.unsubscribe();
    return found;
  }

  /** Whether the bytes of an asset are here. */
  has(hash: string): Promise<boolean> {
    return this.blobs.has(hash);
  }

  /** The bytes of an asset, compared with its hash. Fails with `asset-missing`, also when they are damaged. */
  async read(hash: string): Promise<Uint8Array> {
    const data = await this.blobs.get(hash);
    if (!data) throw new KeeperError('asset-missing', `The bytes of the asset ${hash} are not in the store of files.`);
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of data) chunks.push(chunk);
    } catch (cause) {
      if (!(cause instanceof AssetStoreError) || cause.code !== 'asset-corrupt') throw cause;
      throw new KeeperError('asset-missing', `The asset ${hash} is damaged.`, { cause });
    }
    return Buffer.concat(chunks);
  }

  /** Stores an asset under its hash; nothing happens when it is there. */
  async put(hash: string, data: Uint8Array, name: string): Promise<void> {
    if (!(await this.has(hash))) await this.blobs.put(hash, sourceOfBytes(data));
    const type = announcedType('', name) ?? sniffedType(data.subarray(0, SNIFF_BYTES));
    const extension = type?.extension ?? 'bin';
    const storedAtMs = this.clock.wallMs();
    const record = { extension, sizeBytes: data.length, name, by: BY, storedAtMs, isPrepared: false };
    try {
      await this.records.create(hash, encodeRecord(record));
    } catch (error) {
      if (!(error instanceof BrokerError) || error.code !== 'broker-key-exists') throw error;
    }
  }

  /** Leads a path to an asset; where it led before can be rolled back to. False for a path that nobody can have. */
  async lead(pathText: string, hash: string): Promise<boolean> {
    const path = readAssetPath(pathText);
    if (path === undefined) return false;
    const key = keyOfPath(path);
    for (let attempt = 1; ; attempt++) {
      const entry = await this.pathRecords.get(key);
      const before = entry && decodePathRecord(entry.value);
      if (before && currentOf(before).hash === hash) return true;
      const next = { hash, form: 'original' as const, atMs: this.clock.wallMs(), by: BY };
      const bytes = encodePathRecord(withVersion(before, next, ASSET_VERSIONS_MAX));
      try {
        await (entry ? this.pathRecords.update(key, bytes, entry.revision) : this.pathRecords.create(key, bytes));
        return true;
      } catch (error) {
        const isRace = error instanceof BrokerError && !error.retryable;
        if (!isRace || attempt >= ATTEMPTS_MAX) throw error;
      }
    }
  }
}
