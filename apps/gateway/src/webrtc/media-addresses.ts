import { networkInterfaces } from 'node:os';

/** Where media workers listen, and what clients are told. */
export interface MediaAddress {
  address: string;
  announcedAddress?: string;
}

/** More than this many addresses would only make offers long. */
const ADDRESSES_MAX = 8;
const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * What the settings mean for media. A client cannot connect to "everywhere": when no address is announced, the machine's own
 * ones are listened on one by one and all told.
 */
export function mediaAddressesOf(
  listenAddress: string,
  announcedAddress: string | undefined,
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): MediaAddress[] {
  if (announcedAddress) return [{ address: listenAddress, announcedAddress }];
  if (!EVERYWHERE.has(listenAddress)) return [{ address: listenAddress }];
  const addresses = Object.values(interfaces)
    .flatMap((entries) => entries ?? [])
    .filter((entry) => entry.family === 'IPv4')
    // What others can reach comes first; the machine itself can use any.
    .sort((a, b) => Number(a.internal) - Number(b.internal))
    .map((entry) => entry.address);
  return addresses.slice(0, ADDRESSES_MAX).map((address) => ({ address }));
}
