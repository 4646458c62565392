import { sha256 } from '@noble/hashes/sha2.js';

/** The part of a browser's `crypto.subtle` that is used; absent on insecure pages. */
export interface Digester {
  digest(algorithm: 'SHA-256', data: ArrayBuffer): Promise<ArrayBuffer>;
}

/** Bytes that are hashed between two looks at the rest of the page, where the browser does not hash by itself. */
const PIECE_BYTES = 1_048_576;

/**
 * The SHA-256 of a file, as 64 small hexadecimal digits. Browsers compute it themselves on secure pages; on others it takes
 * about ten times as long, in pieces, so that the page goes on.
 */
export async function contentHashOf(
  file: Blob,
  subtle: Digester | undefined = globalThis.crypto?.subtle,
): Promise<string> {
  if (subtle) return toHex(new Uint8Array(await subtle.digest('SHA-256', await file.arrayBuffer())));
  const hash = sha256.create();
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    hash.update(new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer()));
  }
  return toHex(hash.digest());
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
