/** Pause after the second crash in a row, in ms; doubles with each further one. */
const DELAY_MS_MIN = 100;
/** Longest pause, in ms. */
const DELAY_MS_MAX = 5_000;
/** A process that ran this long was healthy: its next crash counts as the first, in ms. */
export const HEALTHY_AFTER_MS = 30_000;

/** When to start a crashed process again: at once the first time, then with growing pauses. */
export class RestartPolicy {
  private crashesInRow = 0;

  /** @param ranForMs  how long the process that has just crashed had run */
  nextDelayMs(ranForMs: number): number {
    if (ranForMs >= HEALTHY_AFTER_MS) this.crashesInRow = 0;
    this.crashesInRow++;
    if (this.crashesInRow === 1) return 0;
    return Math.min(DELAY_MS_MAX, DELAY_MS_MIN * 2 ** (this.crashesInRow - 2));
  }
}
