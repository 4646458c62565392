import { networkOf } from '@app/runtime';
import { createHmac } from 'node:crypto';

/**
 * The number under which entity-servers count what comes from a network address: the same at all gateways of a domain, and
 * no way back to the address without the domain's key. 1 to 2^32 - 1; 0 when the address is not known. Pure.
 */
export function originOf(address: string, key: Uint8Array): number {
  if (address === '') return 0;
  const digest = createHmac('sha256', key)
    .update(`origin ${networkOf(address)}`)
    .digest();
  return digest.readUInt32BE(0) || 1;
}
