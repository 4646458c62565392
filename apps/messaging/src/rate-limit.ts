import type { Clock } from '@app/clock';

export interface RateLimitOptions {
  /** How many are allowed per second in the long run. */
  perSecond: number;
  /** How many are allowed at once after a pause. */
  burst: number;
  /** Keys remembered; the one that was silent longest is forgotten first, and begins with a full burst again. */
  keysMax: number;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** A token bucket for each key. */
export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly clock: Clock,
    private readonly options: RateLimitOptions,
  ) {}

  /** Whether one more (or so many) is allowed now; if so, it is counted. */
  take(key: string, count = 1): boolean {
    const nowMs = this.clock.nowMs();
    const { perSecond, burst, keysMax } = this.options;
    const bucket = this.buckets.get(key) ?? { tokens: burst, filledAtMs: nowMs };
    bucket.tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.filledAtMs) / 1_000) * perSecond);
    bucket.filledAtMs = nowMs;
    // Maps keep the order of insertion, so the first key is the one that was silent longest.
    this.buckets.delete(key);
    if (this.buckets.size >= keysMax) this.buckets.delete(this.buckets.keys().next().value as string);
    this.buckets.set(key, bucket);
    if (bucket.tokens < count) return false;
    bucket.tokens -= count;
    return true;
  }
}
