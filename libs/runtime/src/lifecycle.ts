import type { Clock } from '@app/clock';
import { assert } from '@app/world';
import type { Logger } from './logger.js';

/** Numbered stages with gaps; started upwards, stopped downwards. */
export const STAGE = { settings: 10, broker: 20, actors: 30, media: 40, listen: 50 } as const;

/** How long one stop may take before the next one begins, in ms, unless it says otherwise. */
export const STOP_TIMEOUT_MS = 3_000;

export interface StageHooks {
  /** What is told in logs. */
  name?: string;
  start?: () => void | Promise<void>;
  stop?: () => void | Promise<void>;
  /** Deadline of `stop`, in ms. Default STOP_TIMEOUT_MS. */
  stopTimeoutMs?: number;
}

/** Where parts of a role hook into its start and stop when they are not plain Nest providers. */
export interface Lifecycle {
  /**
   * Within a stage, starts run one after the other in order of registration and stops in the reverse order. A stage
   * that has begun still takes hooks; an earlier one does not.
   */
  onStage(stage: number, hooks: StageHooks): void;
  /** Drained, or on the way there: nothing new should be taken. */
  readonly isStopping: boolean;
}

interface Entry extends StageHooks {
  stage: number;
}

/** Runs the stages of one process. */
export class StagedLifecycle implements Lifecycle {
  private readonly waiting: Entry[] = [];
  private readonly started: Entry[] = [];
  private stage = 0;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  get isStopping(): boolean {
    return this.stopped !== undefined;
  }

  onStage(stage: number, hooks: StageHooks): void {
    assert(stage >= this.stage, `stage ${stage} has not passed yet`);
    this.waiting.push({ ...hooks, stage });
  }

  /** Runs all starts. Fails with the first failure; what was started until then is stopped by `stop`. */
  async start(): Promise<void> {
    for (let entry = this.next(); entry && !this.isStopping; entry = this.next()) {
      this.stage = entry.stage;
      this.waiting.splice(this.waiting.indexOf(entry), 1);
      // Counted as started before it is, so that a start that fails half-way can clean up in its stop.
      this.started.push(entry);
      await entry.start?.();
    }
  }

  /**
   * Runs the stops of everything that was started. A stop that fails or misses its deadline is logged and the next one
   * runs. A second call returns the same promise.
   */
  stop(): Promise<void> {
    this.stopped ??= this.runStops();
    return this.stopped;
  }

  private next(): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.waiting) if (!first || entry.stage < first.stage) first = entry;
    return first;
  }

  private async runStops(): Promise<void> {
    for (let entry = this.started.pop(); entry; entry = this.started.pop()) {
      if (entry.stop) await this.stopOne(entry, entry.stop);
    }
  }

  private async stopOne(entry: Entry, stop: () => void | Promise<void>): Promise<void> {
    const place = { stage: entry.stage, part: entry.name };
    const timeoutMs = entry.stopTimeoutMs ?? STOP_TIMEOUT_MS;
    let isLate = false;
    await new Promise<void>((resolve) => {
      const timer = this.clock.after(timeoutMs, () => {
        isLate = true;
        resolve();
      });
      const finish = (): void => {
        timer.cancel();
        resolve();
      };
      // A stop that throws at once is treated like one that rejects.
      Promise.resolve()
        .then(stop)
        .then(finish, (error: unknown) => {
          this.logger.warn({ ...place, err: error }, 'A stop failed; going on with the next one.');
          finish();
        });
    });
    if (isLate) this.logger.warn({ ...place, timeoutMs }, 'A stop missed its deadline; going on with the next one.');
  }
}
