import type { BlobSource, ContentHash } from './content-hash.js';

/**
 * Where files lie, each under the SHA-256 of its bytes. Three implementations, one contract (blob-store.contract.ts).
 *
 * A file is there as a whole or not at all. When the store itself does not answer, everything fails with
 * `asset-store-unavailable`.
 */
export interface BlobStore {
  /** Stores a file; `asset-hash-mismatch` when its bytes are others, and then nothing is stored. Mends one that is corrupt. */
  put(hash: ContentHash, source: BlobSource): Promise<void>;
  /** The bytes, once; they end with `asset-corrupt` when they are not those that were stored. Undefined when not there. */
  get(hash: ContentHash): Promise<AsyncIterable<Uint8Array> | undefined>;
  has(hash: ContentHash): Promise<boolean>;
  /** One that is not there is no error. */
  delete(hash: ContentHash): Promise<void>;
}
