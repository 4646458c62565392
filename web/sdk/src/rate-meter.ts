const WINDOW_MS = 2_000;
const TIMES_MAX = 256;

/** Counts events per second over the last two seconds. Bounded: beyond 128 a second it says 128. */
export class RateMeter {
  private readonly times: number[] = [];

  /** An event has happened. */
  count(nowMs: number): void {
    this.times.push(nowMs);
    if (this.times.length > TIMES_MAX) this.times.shift();
  }

  /** Events per second. Young meters divide by the time since their first event, so that they are right at once. */
  perSecond(nowMs: number): number {
    while (this.times.length > 0 && this.times[0] < nowMs - WINDOW_MS) this.times.shift();
    if (this.times.length < 2) return this.times.length / (WINDOW_MS / 1_000);
    const spanMs = Math.max(nowMs - this.times[0], 1);
    return (this.times.length * 1_000) / Math.max(spanMs, 500);
  }
}

/** The middle of the given values; undefined when there are none. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
