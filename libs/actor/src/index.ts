export type { ProcessIdentity } from './holder-beats.js';
export type { Lease } from './lease.js';
export { LeaseKeeper, type LeaseKeeperOptions } from './lease-keeper.js';
