/** How long to wait between attempts. All in ms. */
export interface BackoffLimits {
  /** Longest wait before the second attempt. */
  delayMsMin: number;
  /** Longest wait before any attempt. */
  delayMsMax: number;
  /** How much longer each wait may be than the one before. */
  growth: number;
}

/** Fast at first, because most gaps are a restarting process; never slower than 3 s, so that nobody reloads the page. */
export const DEFAULT_BACKOFF: BackoffLimits = { delayMsMin: 250, delayMsMax: 3_000, growth: 1.25 };

/**
 * How long to wait before attempt number `attempt`.
 *
 * The wait is drawn between half and all of the limit, so that a thousand clients of a dead gateway do not come back in
 * the same millisecond.
 *
 * @param attempt  0 is the first, which never waits
 * @param chance   uniform in [0, 1)
 */
export function backoffDelayMs(attempt: number, chance: number, limits: BackoffLimits = DEFAULT_BACKOFF): number {
  if (attempt <= 0) return 0;
  const ceilingMs = Math.min(limits.delayMsMax, limits.delayMsMin * limits.growth ** (attempt - 1));
  return ceilingMs * (0.5 + chance / 2);
}

/**
 * A gateway that could not be reached is not tried again for this long, in ms: /api/join may list a dead one for a
 * moment, and browsers make WebSockets wait longer with each one that fails.
 */
export const AVOID_MS = 1_200;
/** While the client is new to the trouble, it asks at least this often whatever the server wishes, in ms. */
const ASK_DELAY_MS_MAX = 500;
/** Rounds for which it does. */
const EAGER_ROUNDS = 12;

/** A gateway that /api/join offered. */
export interface GatewayAddress {
  instanceId: string;
  url: string;
}

/** What to do next. */
export type ReconnectStep =
  { kind: 'ask' } | { kind: 'try'; gateway: GatewayAddress } | { kind: 'wait'; delayMs: number } | { kind: 'give-up' };

/**
 * Decides the order of attempts: ask /api/join, try every gateway it lists once, wait, ask again. Pure: it is told what
 * happened and what time it is, and says what to do.
 */
export class ReconnectPolicy {
  private candidates: GatewayAddress[] | undefined;
  private hasWaited: boolean;
  private notBeforeMs = 0;
  private trying: string | undefined;
  private readonly avoidedUntilMs = new Map<string, number>();

  /**
   * @param deadlineMs  on the caller's clock; after it, the policy gives up
   * @param chance      uniform in [0, 1), drawn anew for each wait
   * @param attempt     rounds that count as failed already; with more than none even the first one waits
   */
  constructor(
    private readonly deadlineMs: number,
    private readonly chance: () => number,
    private readonly limits: BackoffLimits = DEFAULT_BACKOFF,
    private attempt = 0,
  ) {
    this.hasWaited = attempt === 0;
  }

  /** Rounds of all gateways that have failed so far. */
  get roundsFailed(): number {
    return this.attempt;
  }

  /** What to do now. Repeated calls without news give the next step, not the same one. */
  next(nowMs: number): ReconnectStep {
    if (!this.hasWaited) {
      const delayMs = Math.max(backoffDelayMs(this.attempt, this.chance(), this.limits), this.notBeforeMs - nowMs);
      if (nowMs + delayMs >= this.deadlineMs) return { kind: 'give-up' };
      this.hasWaited = true;
      return { kind: 'wait', delayMs };
    }
    if (nowMs >= this.deadlineMs) return { kind: 'give-up' };
    if (this.candidates === undefined) return { kind: 'ask' };
    const gateway = this.candidates.shift();
    if (gateway) {
      if ((this.avoidedUntilMs.get(gateway.instanceId) ?? 0) > nowMs) return this.next(nowMs);
      this.trying = gateway.instanceId;
      return { kind: 'try', gateway };
    }
    this.failRound();
    return this.next(nowMs);
  }

  /** /api/join answered: least loaded first. */
  handleGateways(gateways: readonly GatewayAddress[]): void {
    this.candidates = [...gateways];
  }

  /** /api/join did not answer, or said that nobody is let in. */
  handleAskFailed(nowMs: number, retryAfterMs = 0): void {
    const isEager = this.attempt < EAGER_ROUNDS;
    this.notBeforeMs = nowMs + (isEager ? Math.min(retryAfterMs, ASK_DELAY_MS_MAX) : retryAfterMs);
    this.failRound();
  }

  /** The last gateway did not work; `retryAfterMs` is its wish. The others are tried first. */
  handleGatewayFailed(nowMs: number, retryAfterMs = 0): void {
    if (this.trying !== undefined) this.avoidedUntilMs.set(this.trying, nowMs + AVOID_MS);
    this.notBeforeMs = Math.max(this.notBeforeMs, nowMs + retryAfterMs);
  }

  private failRound(): void {
    this.attempt++;
    this.candidates = undefined;
    this.hasWaited = false;
  }
}
