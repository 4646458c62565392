import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import {
  type AssetRecord,
  type AssetType,
  type BlobStore,
  type ContentHash,
  mismatch,
  SNIFF_BYTES,
  sourceOfFile,
} from '@app/assets';
import type { Clock } from '@app/clock';
import { CodedError } from '@app/world';
import { AssetError } from '../asset-server.errors.js';
import type { AssetRecords } from './asset-records.js';
import type { BlobCache, OpenBlob } from './blob-cache.js';

/** How much may be stored in all. */
export interface Quota {
  filesMax: number;
  bytesMax: number;
}

/** What somebody says about a file before its bytes are there. */
export interface Announcement {
  hash: ContentHash;
  sizeBytes: number;
  type: AssetType;
  name: string;
  by: string;
}

/** A file as it is known after it was stored. */
export interface StoredAsset {
  hash: ContentHash;
  record: AssetRecord;
}

/** Damaged files that are remembered; a store with more of them has another problem. */
const DAMAGED_MAX = 10_000;

/** All files: their bytes in the store, what is known of them, and how much there may be. */
export class AssetLibrary {
  /** Files that are being stored now, which the totals do not have yet: their bytes. */
  private readonly arriving = new Map<ContentHash, number>();
  /** Files that are being erased now; nobody brings them meanwhile, or what was brought would be erased, too. */
  private readonly leaving = new Set<ContentHash>();
  /** Files that were found to be corrupt or lost: the next one who has such a file may bring it again. */
  private readonly damaged = new Set<ContentHash>();

  constructor(
    private readonly store: BlobStore,
    private readonly records: AssetRecords,
    private readonly cache: BlobCache,
    private readonly quota: Quota,
    private readonly clock: Clock,
  ) {}

  find(hash: ContentHash): Promise<AssetRecord | undefined> {
    return this.records.get(hash);
  }

  /** A file that need not be brought, because it is there and nobody has found it damaged. */
  async findWhole(hash: ContentHash): Promise<AssetRecord | undefined> {
    return this.damaged.has(hash) ? undefined : this.records.get(hash);
  }

  /** @throws AssetError  `asset-quota-full` when there is no room for a file of this size */
  checkRoom(sizeBytes: number): void {
    const { files, bytes } = this.records.totals;
    let arrivingBytes = 0;
    for (const size of this.arriving.values()) arrivingBytes += size;
    const isFull = files + this.arriving.size >= this.quota.filesMax;
    if (isFull || bytes + arrivingBytes + sizeBytes > this.quota.bytesMax) {
      throw new AssetError('asset-quota-full', 'The asset-server has no room left for this file.');
    }
  }

  /**
   * Stores a file that lies in a folder of ours, after everything that was announced about it was found to be true. The
   * file is taken over, or, after an error, left where it is.
   *
   * @throws AssetError  `asset-hash-mismatch`, `asset-type-mismatch`, `asset-quota-full`, `asset-busy`, `asset-store-unavailable`
   */
  async take(path: string, announced: Announcement): Promise<StoredAsset> {
    const { hash, sizeBytes, type } = announced;
    if (this.leaving.has(hash)) throw busy();
    const known = await this.records.get(hash);
    if (known && !this.damaged.has(hash) && (await this.store.has(hash))) {
      await rm(path, { force: true });
      return { hash, record: known };
    }
    const found = await inspect(path);
    if (found.hash !== hash || found.sizeBytes !== sizeBytes) throw mismatch();
    if (!type.fits(found.head)) {
      throw new AssetError('asset-type-mismatch', `The file is not of the type ${type.mediaType}, as was announced.`);
    }
    if (!known) this.checkRoom(sizeBytes);
    if (this.leaving.has(hash)) throw busy();
    this.arriving.set(hash, sizeBytes);
    try {
      await this.store.put(hash, sourceOfFile(path, sizeBytes));
      const record = await this.records.add(hash, this.recordOf(announced));
      await this.cache.adopt(hash, path, sizeBytes);
      this.damaged.delete(hash);
      return { hash, record };
    } finally {
      this.arriving.delete(hash);
    }
  }

  /** The bytes of a file, found to be right. Fails with `asset-corrupt`, or `asset-unknown` when they are lost. */
  async open(hash: ContentHash): Promise<OpenBlob> {
    try {
      const blob = await this.cache.open(hash);
      if (blob) return blob;
      throw new AssetError('asset-unknown', 'The bytes of this file are not in the store any more.');
    } catch (error) {
      if (error instanceof CodedError && !error.retryable) this.remember(hash);
      throw error;
    }
  }

  /** Erases a file and its compressed forms; false when there was none. Fails with `asset-busy` while somebody brings it. */
  async erase(hash: ContentHash): Promise<boolean> {
    if (this.arriving.has(hash)) throw busy();
    this.leaving.add(hash);
    try {
      const record = await this.records.delete(hash);
      if (!record) return false;
      await this.discard([hash, record.br?.hash, record.gzip?.hash]);
      return true;
    } finally {
      this.leaving.delete(hash);
    }
  }

  /** Erases bytes that no record names. */
  async discard(hashes: ReadonlyArray<ContentHash | undefined>): Promise<void> {
    for (const hash of hashes) {
      if (!hash || (await this.records.get(hash))) continue;
      await this.store.delete(hash);
      await this.cache.forget(hash);
    }
  }

  private remember(hash: ContentHash): void {
    if (this.damaged.size < DAMAGED_MAX) this.damaged.add(hash);
  }

  private recordOf({ type, sizeBytes, name, by }: Announcement): AssetRecord {
    const storedAtMs = this.clock.wallMs();
    return { extension: type.extension, sizeBytes, name, by, storedAtMs, isPrepared: false };
  }
}

function busy(): AssetError {
  return new AssetError('asset-busy', 'This file is brought, or erased, at this moment.');
}

/** Reads a file once: its hash, its size, its beginning. */
export async function inspect(path: string): Promise<{ hash: ContentHash; sizeBytes: number; head: Uint8Array }> {
  const file = await open(path, 'r');
  try {
    const head = new Uint8Array(SNIFF_BYTES);
    const { bytesRead } = await file.read(head, 0, SNIFF_BYTES, 0);
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      sizeBytes += chunk.length;
    }
    return { hash: hash.digest('hex'), sizeBytes, head: head.subarray(0, bytesRead) };
  } finally {
    await file.close();
  }
}
