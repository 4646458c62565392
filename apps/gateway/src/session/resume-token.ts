import { createHmac, timingSafeEqual } from 'node:crypto';
import { RESUME_WINDOW_MS, type SessionId, isWorldName } from '@app/world';

/** What a resume token proves. */
export interface ResumeClaim {
  sessionId: SessionId;
  /** The session's epoch when the token was made; the next one is higher. */
  epoch: number;
  /** Drawn at the session's birth; makes numbers of its requests unlike those of any other session. */
  birth: number;
  /** Milliseconds since 1970-01-01 UTC. */
  expiresAtMs: number;
  world: string;
}

/** A token is good for the whole window after the last one was sent, and a minute for clocks that differ. */
export const TOKEN_LIFETIME_MS = RESUME_WINDOW_MS + 60_000;
/** A connected client gets a new token this often, in ms. */
export const TOKEN_RENEWAL_INTERVAL_MS = 30_000;
/** Characters of the longest token that we make: 24 + 32 bytes and a hash of 32, as base64url. */
export const TOKEN_CHARACTERS_MAX = 128;

const FORMAT = 1;
const HASH_BYTES = 32;
const HEADER_BYTES = 24;
const TOKEN_PATTERN = /^[A-Za-z0-9_-]+$/;

/**
 * Makes a token: the claim and its HMAC-SHA256, as base64url.
 *
 * Layout: format (1 byte), 3 bytes zero, session number, epoch, birth (4 bytes each, big-endian), expiry in ms (8 bytes,
 * big-endian), the world's name, the hash.
 */
export function signResumeToken(claim: ResumeClaim, key: Uint8Array): string {
  const world = Buffer.from(claim.world, 'utf8');
  const body = Buffer.alloc(HEADER_BYTES + world.length);
  body[0] = FORMAT;
  body.writeUInt32BE(claim.sessionId, 4);
  body.writeUInt32BE(claim.epoch, 8);
  body.writeUInt32BE(claim.birth, 12);
  body.writeBigUInt64BE(BigInt(claim.expiresAtMs), 16);
  world.copy(body, HEADER_BYTES);
  return Buffer.concat([body, hashOf(body, key)]).toString('base64url');
}

/** The claim of a token that we (or another gateway of this domain) signed and that has not expired; else undefined. */
export function readResumeToken(token: string, key: Uint8Array, wallMs: number): ResumeClaim | undefined {
  if (token.length > TOKEN_CHARACTERS_MAX || !TOKEN_PATTERN.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const body = bytes.subarray(0, Math.max(0, bytes.length - HASH_BYTES));
  if (body.length < HEADER_BYTES || body[0] !== FORMAT) return undefined;
  if (!timingSafeEqual(bytes.subarray(body.length), hashOf(body, key))) return undefined;
  const claim: ResumeClaim = {
    sessionId: body.readUInt32BE(4),
    epoch: body.readUInt32BE(8),
    birth: body.readUInt32BE(12),
    expiresAtMs: Number(body.readBigUInt64BE(16)),
    world: body.toString('utf8', HEADER_BYTES),
  };
  if (claim.expiresAtMs <= wallMs || claim.sessionId === 0 || !isWorldName(claim.world)) return undefined;
  return claim;
}

function hashOf(body: Uint8Array, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(body).digest();
}
