import { createHash } from 'node:crypto';
import { PACKET_TYPES } from './packet-types.js';

/** What both ends compare before anything else (specification C.4): 16 bytes from all versions. */
export const PROTOCOL_SIGNATURE: Uint8Array = createHash('md5')
  .update(Uint8Array.of(PACKET_TYPES.length, ...PACKET_TYPES.map(({ version }) => version)))
  .digest();

/** Whether a client speaks this protocol. */
export function isOurSignature(signature: Uint8Array | null): boolean {
  return signature !== null && Buffer.compare(signature, PROTOCOL_SIGNATURE) === 0;
}
