import { networkOf } from '@app/runtime';
import { TokenBucket } from './rate-limit.js';

const NETWORKS_MAX = 1_024;

/** A rate for each network (`networkOf`) of those whom nobody knows yet. */
export class NetworkLimit {
  private readonly networks = new Map<string, TokenBucket>();

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {}

  /** Whether one more from this address may be heard. */
  take(address: string, nowMs: number): boolean {
    const network = networkOf(address);
    let bucket = this.networks.get(network);
    if (!bucket) {
      // Forgetting them all at once is generous to attackers with a thousand networks, whom this cannot stop anyway.
      if (this.networks.size >= NETWORKS_MAX) this.networks.clear();
      bucket = new TokenBucket(this.perSecond, this.burst);
      this.networks.set(network, bucket);
    }
    return bucket.take(nowMs);
  }
}
