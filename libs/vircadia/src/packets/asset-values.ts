import type { ByteReader } from '../coding/byte-reader.js';
import type { ByteWriter } from '../coding/byte-writer.js';

/** What went wrong with an asset (specification I). */
export const AssetError = {
  None: 0,
  NotFound: 1,
  InvalidByteRange: 2,
  TooLarge: 3,
  PermissionDenied: 4,
  MappingOperationFailed: 5,
  FileOperationFailed: 6,
} as const;

const HASH_BYTES = 32;

/** A SHA-256 as 64 hexadecimal digits. */
export function readHash(reader: ByteReader): string {
  return Buffer.from(reader.bytesOf(HASH_BYTES, 'hash')).toString('hex');
}

/** Throws RangeError for what is none: hashes to be sent are ours, or have been read. */
export function writeHash(writer: ByteWriter, hash: string): void {
  const bytes = Buffer.from(hash, 'hex');
  if (bytes.length !== HASH_BYTES) throw new RangeError(`${hash} is no hash of an asset`);
  writer.bytes(bytes, 'hash');
}
