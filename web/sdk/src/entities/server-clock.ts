import type { Clock } from '../clock.js';

/** Answers are remembered for this long, in ms; clocks drift by a few ms in that time. */
const WINDOW_MS = 60_000;
const SAMPLES_MAX = 64;
const WALL_MS_MAX = 8.64e15;

/**
 * The server's time, from what its messages say. Each message tells the time at which it was made, and arrives some time
 * later: the one that was under way for the shortest time tells best.
 */
export class ServerClock {
  private readonly samples: Array<{ heardAtMs: number; offsetMs: number }> = [];
  private offsetMs: number | undefined;

  /** @param rttMs  round trip to the gateway, in ms; undefined when unknown */
  constructor(
    private readonly clock: Clock,
    private readonly rttMs: () => number | undefined,
  ) {}

  /** Milliseconds since 1970-01-01 UTC by the server's clock; by our own one until the server has said something. */
  nowMs(): number {
    if (this.offsetMs === undefined) return this.clock.wallMs();
    return this.clock.nowMs() + this.offsetMs;
  }

  /** Whether the server has told its time. */
  get isKnown(): boolean {
    return this.offsetMs !== undefined;
  }

  /** A message has just arrived that was made at this time. */
  hear(serverTimeMs: number): void {
    if (!(serverTimeMs > 0 && serverTimeMs <= WALL_MS_MAX)) return;
    const heardAtMs = this.clock.nowMs();
    const delayMs = Math.min(1_000, (this.rttMs() ?? 0) / 2);
    this.samples.push({ heardAtMs, offsetMs: serverTimeMs + delayMs - heardAtMs });
    while (this.samples.length > SAMPLES_MAX || heardAtMs - this.samples[0].heardAtMs > WINDOW_MS) this.samples.shift();
    this.offsetMs = this.samples.reduce((best, { offsetMs }) => Math.max(best, offsetMs), -Infinity);
  }

  /** Another server may have another clock. */
  reset(): void {
    this.samples.length = 0;
  }
}
