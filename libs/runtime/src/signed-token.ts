import { createHmac, timingSafeEqual } from 'node:crypto';

/** Bytes of the hash at the end of a token: HMAC-SHA256. */
export const TOKEN_HASH_BYTES = 32;

const TOKEN_PATTERN = /^[A-Za-z0-9_-]+$/;

/** A token: a body that anybody can read, and the proof that whoever made it has the key. As base64url. */
export function signToken(body: Uint8Array, key: Uint8Array): string {
  return Buffer.concat([body, hashOf(body, key)]).toString('base64url');
}

/**
 * The body of a token that was signed with this key; undefined for any other text.
 *
 * @param charactersMax  longer texts are no tokens and cost nothing
 */
export function openToken(token: string, key: Uint8Array, charactersMax: number): Buffer | undefined {
  if (token.length > charactersMax || !TOKEN_PATTERN.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length <= TOKEN_HASH_BYTES) return undefined;
  const body = bytes.subarray(0, bytes.length - TOKEN_HASH_BYTES);
  return timingSafeEqual(bytes.subarray(body.length), hashOf(body, key)) ? body : undefined;
}

function hashOf(body: Uint8Array, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(body).digest();
}
