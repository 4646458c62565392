import type { Clock, Timer } from '@app/clock';
import { JournalError } from './journal.errors.js';

interface Waiter {
  readonly sequence: number;
  readonly timer: Timer;
  resolve(): void;
  reject(error: JournalError): void;
}

/** Those who wait until a log has been read up to a place. */
export class SequenceWaiters {
  /** By sequence, lowest first. */
  private readonly waiting: Waiter[] = [];

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.waiting.length;
  }

  /** Resolves when `reach` was called with this sequence or a higher one. Fails with `journal-timeout`. */
  wait(sequence: number, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.clock.after(timeoutMs, () => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        reject(new JournalError('journal-timeout', `The log was not read up to ${sequence} in time.`));
      });
      const waiter: Waiter = { sequence, timer, resolve, reject };
      let index = this.waiting.length;
      // Mostly the newest wait for the highest, so this ends at once.
      while (index > 0 && this.waiting[index - 1].sequence > sequence) index--;
      this.waiting.splice(index, 0, waiter);
    });
  }

  reach(sequence: number): void {
    let count = 0;
    while (count < this.waiting.length && this.waiting[count].sequence <= sequence) count++;
    if (count === 0) return;
    for (const { timer, resolve } of this.waiting.splice(0, count)) {
      timer.cancel();
      resolve();
    }
  }

  fail(error: JournalError): void {
    for (const { timer, reject } of this.waiting.splice(0)) {
      timer.cancel();
      reject(error);
    }
  }
}
