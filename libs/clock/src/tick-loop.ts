import type { Clock, Timer } from './clock.js';

/** What a tick is told. */
export interface Tick {
  /** Counts ticks since the loop's start, including skipped ones. */
  index: number;
  /** How late this tick begins, in ms. */
  latenessMs: number;
  /** Ticks that were left out before this one because the loop had fallen behind. */
  skipped: number;
}

/**
 * Calls a function at a fixed rate. A late tick is made up for by shorter pauses; one that is later than
 * `catchUpTicksMax` ticks makes the loop skip, because real-time work that late is worth nothing.
 */
export class TickLoop {
  private timer: Timer | undefined;
  private startMs = 0;
  private nextIndex = 0;

  constructor(
    private readonly clock: Clock,
    private readonly intervalMs: number,
    private readonly run: (tick: Tick) => void,
    private readonly catchUpTicksMax = 2,
  ) {}

  start(): void {
    if (this.timer) return;
    this.startMs = this.clock.nowMs();
    this.nextIndex = 0;
    this.schedule();
  }

  /** Ends the loop; a second call is harmless. */
  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private schedule(): void {
    const dueMs = this.startMs + this.nextIndex * this.intervalMs;
    this.timer = this.clock.after(Math.max(0, dueMs - this.clock.nowMs()), () => this.turn());
  }

  private turn(): void {
    const due = this.startMs + this.nextIndex * this.intervalMs;
    let latenessMs = this.clock.nowMs() - due;
    let skipped = 0;
    if (latenessMs > this.catchUpTicksMax * this.intervalMs) {
      skipped = Math.floor(latenessMs / this.intervalMs);
      this.nextIndex += skipped;
      latenessMs -= skipped * this.intervalMs;
    }
    const index = this.nextIndex++;
    this.run({ index, latenessMs: Math.max(0, latenessMs), skipped });
    if (this.timer) this.schedule();
  }
}
