import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { AssetStoreError } from './assets.errors.js';

/** The SHA-256 of a file's bytes, as 64 small hexadecimal digits: the file's name everywhere in here. */
export type ContentHash = string;

/** Where bytes come from; it can be asked more than once, and starts from the beginning each time. */
export interface BlobSource {
  sizeBytes: number;
  open(): AsyncIterable<Uint8Array>;
}

const HASH_PATTERN = /^[0-9a-f]{64}$/;

/** Whether a text is a content hash. */
export function isContentHash(text: unknown): text is ContentHash {
  return typeof text === 'string' && HASH_PATTERN.test(text);
}

/** The hash of some bytes. */
export async function hashOf(data: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<ContentHash> {
  const hash = createHash('sha256');
  for await (const chunk of data) hash.update(chunk);
  return hash.digest('hex');
}

/** Bytes in memory as a source. */
export function sourceOfBytes(bytes: Uint8Array): BlobSource {
  const open = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes;
  };
  return { sizeBytes: bytes.length, open };
}

/** A file as a source. */
export function sourceOfFile(path: string, sizeBytes: number): BlobSource {
  return { sizeBytes, open: () => createReadStream(path) };
}

/** Passes bytes on, and fails at their end with an error of the caller's choice when they are not what their hash says. */
export async function* verified(
  hash: ContentHash,
  data: AsyncIterable<Uint8Array>,
  failure: () => AssetStoreError,
): AsyncGenerator<Uint8Array> {
  const seen = createHash('sha256');
  for await (const chunk of data) {
    seen.update(chunk);
    yield chunk;
  }
  if (seen.digest('hex') !== hash) throw failure();
}

/** What readers are told of a stored file that is not what it was. */
export function corrupt(hash: ContentHash, cause?: unknown): AssetStoreError {
  return new AssetStoreError('asset-corrupt', `The stored file ${hash} is not what was uploaded.`, { cause });
}

/** What writers are told whose bytes are not those that they announced. */
export function mismatch(): AssetStoreError {
  return new AssetStoreError('asset-hash-mismatch', 'The bytes that arrived are not those that were announced.');
}
