/** Lets through `perSecond` on average and `burst` at once. */
export class TokenBucket {
  private tokens: number;
  private updatedAtMs = -Infinity;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.tokens = burst;
  }

  /** Takes `count` tokens if they are there; takes none otherwise. */
  take(nowMs: number, count = 1): boolean {
    if (this.updatedAtMs !== -Infinity) {
      const elapsedMs = Math.max(0, nowMs - this.updatedAtMs);
      this.tokens = Math.min(this.burst, this.tokens + (elapsedMs * this.perSecond) / 1_000);
    }
    this.updatedAtMs = nowMs;
    if (this.tokens < count) return false;
    this.tokens -= count;
    return true;
  }
}

/** What a client sends, as far as it is limited apart. */
export type InputKind = 'signal' | 'voice' | 'pose' | 'ping' | 'post' | 'request' | 'bytes';

/** Rates per session. Twice what an honest client needs at most, so that only others ever meet them. */
export const INPUT_LIMITS: Readonly<Record<InputKind, { perSecond: number; burst: number }>> = {
  /** Answers, MediaFailed, Bye. */
  signal: { perSecond: 5, burst: 20 },
  /** Opus packets: 10 ms frames are 100 a second. */
  voice: { perSecond: 110, burst: 220 },
  pose: { perSecond: 60, burst: 120 },
  ping: { perSecond: 5, burst: 20 },
  post: { perSecond: 10, burst: 20 },
  /** Subscriptions, traits, mute. */
  request: { perSecond: 10, burst: 40 },
  /** Everything on both data channels, in bytes: ten of the largest binary posts a second. */
  bytes: { perSecond: 100_000, burst: 200_000 },
};

/** Dropped messages that are forgiven per second; and how many more than that make a flood. */
const FORGIVEN_PER_SECOND = 20;
const FLOOD_DROPS = 300;

/** Limits of one session, and how much it has disregarded them. */
export class InputLimiter {
  private readonly buckets = new Map<InputKind, TokenBucket>();
  private readonly patience = new TokenBucket(FORGIVEN_PER_SECOND, FLOOD_DROPS);
  private flooded = false;

  constructor() {
    for (const [kind, { perSecond, burst }] of Object.entries(INPUT_LIMITS)) {
      this.buckets.set(kind as InputKind, new TokenBucket(perSecond, burst));
    }
  }

  /** Whether the session has sent so much more than it may that it should be disconnected. */
  get isFlooding(): boolean {
    return this.flooded;
  }

  /** Whether one more of this kind may be handled; when not, it must be dropped. */
  allow(kind: InputKind, nowMs: number, count = 1): boolean {
    if ((this.buckets.get(kind) as TokenBucket).take(nowMs, count)) return true;
    this.countDrop(nowMs);
    return false;
  }

  /** Counts a message that was dropped for another reason: it was no message at all. */
  countDrop(nowMs: number): void {
    if (!this.patience.take(nowMs)) this.flooded = true;
  }
}
