import { createHash } from 'node:crypto';
import { type SessionId } from '@app/world';

// Vircadia names everybody and everything by UUID. Ours are made from our own numbers (RFC 9562, version 8), so that every
// gateway knows them without asking: a session has the same UUID wherever it is seen from, and gives its number back.

/** Of all sessions: eight bytes that say version 8 and variant 1, then zeros; the session's number follows. */
const SESSION_PREFIX = '76696369-6e69-8479-8000-0000';
const SESSION_PATTERN = /^76696369-6e69-8479-8000-0000([0-9a-f]{8})$/;

/** The UUID by which Vircadia clients know a session. */
export function uuidOfSession(sessionId: SessionId): string {
  return SESSION_PREFIX + sessionId.toString(16).padStart(8, '0');
}

/** The session of a UUID; undefined when it is no session's. */
export function sessionOfUuid(uuid: string): SessionId | undefined {
  const digits = SESSION_PATTERN.exec(uuid)?.[1];
  const sessionId = digits === undefined ? 0 : Number.parseInt(digits, 16);
  return sessionId === 0 ? undefined : (sessionId as SessionId);
}

const SESSION_PREFIX_BYTES = Buffer.from(SESSION_PREFIX.replaceAll('-', ''), 'hex');

/** Writes the 16 bytes of a session's UUID: nothing is allocated, unlike by way of its text. */
export function putSessionUuid(bytes: Uint8Array, at: number, sessionId: SessionId): void {
  bytes.set(SESSION_PREFIX_BYTES, at);
  const numberAt = at + SESSION_PREFIX_BYTES.length;
  bytes[numberAt] = sessionId >>> 24;
  bytes[numberAt + 1] = sessionId >>> 16;
  bytes[numberAt + 2] = sessionId >>> 8;
  bytes[numberAt + 3] = sessionId;
}

/** The UUID of a domain, which is one world here; the same at every gateway. */
export function uuidOfDomain(world: string): string {
  return uuidFrom(`domain ${world}`);
}

/**
 * The UUIDs of a domain's nodes, of NodeType, as one gateway plays them for one session: who becomes another session comes
 * to all nodes anew. They differ in their last byte.
 */
export function uuidsOfNodes(world: string, gatewayId: string, sessionId: SessionId): (node: string) => string {
  const start = uuidFrom(`nodes ${world} ${gatewayId} ${sessionId}`).slice(0, -2);
  return (node) => start + node.charCodeAt(0).toString(16).padStart(2, '0');
}

function uuidFrom(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x80;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  return uuid;
}
