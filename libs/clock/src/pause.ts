import type { Clock } from './clock.js';

/** Resolves after `delayMs`, or in the next turn when it is 0: between two tries, or between two pieces of long work. */
export function pause(clock: Pick<Clock, 'after'>, delayMs: number): Promise<void> {
  return new Promise((resolve) => void clock.after(delayMs, resolve));
}
