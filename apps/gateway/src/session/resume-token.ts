import { openToken, signToken } from '@app/runtime';
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
const HEADER_BYTES = 24;

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
  return signToken(body, key);
}

/** The claim of a token that we (or another gateway of this domain) signed and that has not expired; else undefined. */
export function readResumeToken(token: string, key: Uint8Array, wallMs: number): ResumeClaim | undefined {
  const body = openToken(token, key, TOKEN_CHARACTERS_MAX);
  if (!body || body.length < HEADER_BYTES || body[0] !== FORMAT) return undefined;
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
