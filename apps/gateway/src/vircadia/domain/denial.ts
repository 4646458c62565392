import { DeniedReason, type DomainConnectionDenied } from '@app/vircadia';
import type { SessionErrorCode } from '../../session/session.errors.js';

/** What of our own errors a client's program makes something of; the others are for people to read. */
const REASON_OF: Readonly<Partial<Record<SessionErrorCode, number>>> = {
  'version-mismatch': DeniedReason.ProtocolMismatch,
  'gateway-full': DeniedReason.TooManyUsers,
};

/** How a client is told that it is not let in, or has to go. */
export function denialOf(code: string, text: string): DomainConnectionDenied {
  return { reason: REASON_OF[code as SessionErrorCode] ?? DeniedReason.Unknown, text, extraInfo: '' };
}

export const PROTOCOL_MISMATCH = denialOf('version-mismatch', 'This server speaks another version of the protocol.');
