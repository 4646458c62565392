/** The longest time until a packet is sent again, in ms (specification B.6). */
const RESEND_MS_MAX = 5_000;
/** Until anything has been measured, in ms. */
const RESEND_MS_FIRST = 300;

/** How long an answer takes, smoothed as TCP does it: an eighth of each new time, a quarter of each new difference. */
export class RoundTrip {
  private smoothedMs: number | undefined;
  private varianceMs = 0;

  /** @param resendMsMin  the shortest time until a packet is sent again, in ms */
  constructor(private readonly resendMsMin: number) {}

  add(sampleMs: number): void {
    if (this.smoothedMs === undefined) {
      this.smoothedMs = sampleMs;
      this.varianceMs = sampleMs / 2;
      return;
    }
    this.varianceMs += (Math.abs(sampleMs - this.smoothedMs) - this.varianceMs) / 4;
    this.smoothedMs += (sampleMs - this.smoothedMs) / 8;
  }

  /** In ms; undefined until something has been measured. */
  get estimateMs(): number | undefined {
    return this.smoothedMs;
  }

  /** How long to wait for an answer to a packet that has been sent again that often: twice as long each time, in ms. */
  resendMs(resendCount: number): number {
    const { smoothedMs = RESEND_MS_FIRST } = this;
    // Twice the way at least: on a steady way the variance vanishes, and answers are not late by being a little late.
    const onceMs = Math.max(this.resendMsMin, 2 * smoothedMs, smoothedMs + 4 * this.varianceMs);
    return Math.min(RESEND_MS_MAX, onceMs * 2 ** Math.min(resendCount, 16));
  }
}
