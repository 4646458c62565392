import { type SessionId, isWorldName } from '@app/world';
import { openToken, signToken } from './signed-token.js';

/** Who may upload: a person who is in a world, or a tool of the operator. */
export type UploadRole = 'person' | 'operator';

/** What an upload ticket proves. */
export interface UploadClaim {
  role: UploadRole;
  /** 0 for operators. */
  sessionId: SessionId;
  /** Where the person is; empty for operators. */
  world: string;
  /** Milliseconds since 1970-01-01 UTC. */
  expiresAtMs: number;
}

/** The key's name for `obtainSecretKey`. Whoever has it can let anybody upload. */
export const UPLOAD_TICKET_KEY = 'upload-ticket-key';
/** People get a new ticket with each new resume token, long before this has passed, in ms. */
export const UPLOAD_TICKET_LIFETIME_MS = 600_000;
/** Characters of the longest ticket that we make: 16 + 32 bytes and a hash of 32, as base64url. */
export const UPLOAD_TICKET_CHARACTERS_MAX = 128;

const FORMAT = 0x55;
const HEADER_BYTES = 16;
const ROLES: readonly UploadRole[] = ['person', 'operator'];

/**
 * Makes a ticket.
 *
 * Layout: format (1 byte), role (1 byte: 0 a person, 1 an operator), 2 bytes zero, session number (4 bytes, big-endian),
 * expiry in ms (8 bytes, big-endian), the world's name, the hash.
 */
export function signUploadTicket(claim: UploadClaim, key: Uint8Array): string {
  const world = Buffer.from(claim.world, 'utf8');
  const body = Buffer.alloc(HEADER_BYTES + world.length);
  body[0] = FORMAT;
  body[1] = ROLES.indexOf(claim.role);
  body.writeUInt32BE(claim.sessionId, 4);
  body.writeBigUInt64BE(BigInt(claim.expiresAtMs), 8);
  world.copy(body, HEADER_BYTES);
  return signToken(body, key);
}

/** The claim of a ticket that was signed with this key and has not expired; else undefined. Never throws. */
export function readUploadTicket(ticket: string, key: Uint8Array, wallMs: number): UploadClaim | undefined {
  const body = openToken(ticket, key, UPLOAD_TICKET_CHARACTERS_MAX);
  if (!body || body.length < HEADER_BYTES || body[0] !== FORMAT) return undefined;
  const role = ROLES[body[1]];
  const claim = {
    sessionId: body.readUInt32BE(4),
    world: body.toString('utf8', HEADER_BYTES),
    expiresAtMs: Number(body.readBigUInt64BE(8)),
  };
  if (!role || claim.expiresAtMs <= wallMs) return undefined;
  const isPerson = claim.sessionId !== 0 && isWorldName(claim.world);
  const isOperator = claim.sessionId === 0 && claim.world === '';
  return (role === 'person' ? isPerson : isOperator) ? { role, ...claim } : undefined;
}
