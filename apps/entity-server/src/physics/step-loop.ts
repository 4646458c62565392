import { type Clock, type Tick, TickLoop } from '@app/clock';
import { STEP_S } from './engine-body.js';
import type { PhysicsMetrics } from './physics.metrics.js';

/** After a step this part of its time is left to everything else that the process does; and after a slow one. */
const PAUSE_SHARE = 1 / 3;
const PAUSE_SHARE_SLOW = 1;

/**
 * Makes steps at 60 Hz while there is a reason. A simulation that is too slow for that becomes slow motion: edits and
 * viewers do not wait for it.
 */
export class StepLoop {
  private readonly loop: TickLoop;
  private isOn = false;
  private pausedUntilMs = 0;

  /**
   * @param step      goes on by one step; `nowMs` is the monotonic clock, `atMs` the time to which it belongs, ms since
   *                  1970-01-01 UTC
   * @param onFailed  called once when a step fails; the loop has ended then
   */
  constructor(
    private readonly clock: Clock,
    private readonly metrics: PhysicsMetrics,
    private readonly step: (nowMs: number, atMs: number) => void,
    private readonly onFailed: (error: unknown) => void,
  ) {
    this.loop = new TickLoop(clock, STEP_S * 1_000, (tick) => this.tick(tick));
  }

  get isRunning(): boolean {
    return this.isOn;
  }

  /** A second call is harmless. */
  start(): void {
    if (this.isOn) return;
    this.isOn = true;
    this.loop.start();
  }

  /** A second call is harmless. */
  stop(): void {
    this.isOn = false;
    this.loop.stop();
  }

  private tick({ latenessMs, skipped }: Tick): void {
    const { clock, metrics } = this;
    const nowMs = clock.nowMs();
    const isPaused = nowMs < this.pausedUntilMs;
    if (skipped > 0 || isPaused) metrics.skipped.inc(skipped + Number(isPaused));
    if (isPaused) return;
    try {
      this.step(nowMs, clock.wallMs() - latenessMs);
    } catch (error) {
      this.stop();
      this.onFailed(error);
      return;
    }
    const spentMs = clock.nowMs() - nowMs;
    const share = spentMs > STEP_S * 1_000 ? PAUSE_SHARE_SLOW : PAUSE_SHARE;
    this.pausedUntilMs = nowMs + spentMs * (1 + share);
    metrics.stepMs.observe(spentMs);
  }
}
