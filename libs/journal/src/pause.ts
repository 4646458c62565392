import type { Clock } from '@app/clock';

/** A pause that can be ended early; one at a time. */
export class Pause {
  private endEarly: () => void = () => undefined;

  constructor(private readonly clock: Clock) {}

  /** Resolves after this time, in ms, or when `end` is called. */
  take(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.clock.after(delayMs, resolve);
      this.endEarly = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  end(): void {
    this.endEarly();
  }
}
