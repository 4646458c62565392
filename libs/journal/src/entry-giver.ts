import type { Clock } from '@app/clock';
import type { LogEntry, LogEntryHandler } from './log-entry.js';
import { Pause } from './pause.js';

/** Pause before an entry is given to the handler again, in ms: the first, and the longest. */
const RETRY_MS = 50;
const RETRY_MS_MAX = 5_000;

/**
 * Gives entries to a handler, one by one. An entry that was left out would be missing for ever, so one on which the
 * handler fails is given again until it does not.
 */
export class EntryGiver {
  private readonly pause: Pause;
  private isStopped = false;

  constructor(
    private readonly handler: LogEntryHandler,
    clock: Clock,
    private readonly onFailed: (error: unknown, entry: LogEntry) => void,
  ) {
    this.pause = new Pause(clock);
  }

  /** Undefined when the handler is done at once; else resolves when it is, with false when it was stopped before. */
  give(entry: LogEntry): Promise<boolean> | undefined {
    try {
      const work = this.handler(entry);
      return work?.then(
        () => true,
        (error: unknown) => this.giveAgain(entry, error),
      );
    } catch (error) {
      return this.giveAgain(entry, error);
    }
  }

  /** Gives up on an entry that waits to be given again. */
  stop(): void {
    this.isStopped = true;
    this.pause.end();
  }

  private async giveAgain(entry: LogEntry, failure: unknown): Promise<boolean> {
    for (let delayMs = RETRY_MS; ; delayMs = Math.min(2 * delayMs, RETRY_MS_MAX)) {
      this.onFailed(failure, entry);
      await this.pause.take(delayMs);
      if (this.isStopped) return false;
      try {
        await this.handler(entry);
        return true;
      } catch (error) {
        failure = error;
      }
    }
  }
}
