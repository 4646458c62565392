import {
  announcedType,
  ASSET_PATHS,
  ASSET_RECORDS,
  type AssetRecord,
  AssetStoreError,
  type BlobStore,
  currentOf,
  type PathRecord,
  RecordBucket,
  SNIFF_BYTES,
  sniffedType,
  sourceOfBytes,
  withVersion,
} from '@app/assets';
import type { Broker } from '@app/broker';
import type { Clock } from '@app/clock';
import { ASSET_VERSIONS_MAX, readAssetPath } from '@app/world';
import { KeeperError } from './keeper.errors.js';

/** Who an asset is from that an operator has imported. */
const BY = 'operator';

/** The domain's assets, where the asset-servers keep them. */
export class AssetShelf {
  private readonly records: RecordBucket<AssetRecord>;
  private readonly pathRecords: RecordBucket<PathRecord>;

  /** @param blobs  the store that the asset-servers use, too */
  constructor(
    broker: Broker,
    private readonly blobs: BlobStore,
    private readonly clock: Clock,
  ) {
    this.records = new RecordBucket(broker, clock, ASSET_RECORDS);
    this.pathRecords = new RecordBucket(broker, clock, ASSET_PATHS);
  }

  /** All paths, with a slash at their beginning, and the hashes that they lead to. */
  async paths(): Promise<Map<string, string>> {
    await this.pathRecords.start();
    this.pathRecords.stop();
    return new Map([...this.pathRecords.known].map(([path, record]) => [`/${path}`, currentOf(record).hash]));
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
    await this.records.change(hash, (before) => before ?? record);
  }

  /** Leads a path to an asset; where it led before can be rolled back to. False for a path that nobody can have. */
  async lead(pathText: string, hash: string): Promise<boolean> {
    const path = readAssetPath(pathText);
    if (path === undefined) return false;
    await this.pathRecords.change(path, (before) => {
      if (before && currentOf(before).hash === hash) return before;
      return withVersion(before, { hash, form: 'original', atMs: this.clock.wallMs(), by: BY }, ASSET_VERSIONS_MAX);
    });
    return true;
  }
}
