import { type Clock, pause } from '@app/clock';

/** Steps done in one turn of the event loop, so that an endless conversation leaves room for others. */
const STEPS_PER_TURN_MAX = 256;

/** Does one step after the other, each when the one before is finished, for as long as there are any. */
export class Turns {
  private isBusy = false;

  /** @param step  the next step; false when there is none. Never throws or rejects. */
  constructor(
    private readonly clock: Clock,
    private readonly step: () => void | Promise<void> | false,
  ) {}

  /** There may be a step to do. It begins later, never inside this call. */
  wake(): void {
    if (this.isBusy) return;
    this.isBusy = true;
    queueMicrotask(() => void this.work());
  }

  private async work(): Promise<void> {
    for (let count = 1; ; count++) {
      const done = this.step();
      if (done === false) break;
      // Steps that need no time cost no promise.
      if (done) await done;
      if (count % STEPS_PER_TURN_MAX === 0) await pause(this.clock, 0);
    }
    this.isBusy = false;
  }
}
