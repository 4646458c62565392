import type { IncomingMessage } from 'node:http';

/**
 * The address that a request comes from; empty when it is not known.
 *
 * @param trustForwarded  believe X-Forwarded-For, whose last address is the one that our own proxy has seen
 */
export function clientAddressOf({ headers, socket }: IncomingMessage, trustForwarded: boolean): string {
  const forwarded = trustForwarded ? headers['x-forwarded-for'] : undefined;
  const list = Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
  return (list?.split(',').pop()?.trim() || socket.remoteAddress) ?? '';
}
