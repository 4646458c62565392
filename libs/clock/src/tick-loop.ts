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

/** Ticks that may fail one after another before the loop gives up. */
export const FAILED_TICKS_MAX = 50;

/**
 * Calls a function at a fixed rate. A late tick is made up for by shorter pauses; one that is later than
 * `catchUpTicksMax` ticks makes the loop skip, because real-time work that late is worth nothing.
 *
 * A tick that throws does not stop the loop: one bad packet must not silence everybody. `onError` is told, and after
 * FAILED_TICKS_MAX failures in a row the error is thrown, because then the loop only pretends to live.
 */
export class TickLoop {
  private timer: Timer | undefined;
  private startMs = 0;
  private nextIndex = 0;
  private failedInARow = 0;

  constructor(
    private readonly clock: Clock,
    private readonly intervalMs: number,
    private readonly run: (tick: Tick) => void,
    private readonly catchUpTicksMax = 2,
    private readonly onError: (error: unknown) => void = () => {},
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
    try {
      this.run({ index, latenessMs: Math.max(0, latenessMs), skipped });
      this.failedInARow = 0;
    } catch (error) {
      this.failedInARow++;
      if (this.failedInARow >= FAILED_TICKS_MAX) {
        this.stop();
        throw error;
      }
      this.onError(error);
    }
    if (this.timer) this.schedule();
  }
}
