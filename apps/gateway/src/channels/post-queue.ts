import { POSTS_WAITING_BYTES_MAX, POSTS_WAITING_MAX } from '@app/world';
import type { PostOutcome } from './messaging-client.js';

/** One post of a client. */
export interface PostTask {
  request: number;
  /** What it keeps in memory. */
  bytes: number;
  send(): Promise<PostOutcome>;
}

/** Outcomes remembered, for clients that repeat a post because its answer was lost. */
const REMEMBERED_MAX = 64;

/**
 * The posts of one session, one after the other, so that none overtakes another one that has to be tried twice. A repeated
 * number gets the answer of the first.
 */
export class PostQueue {
  private readonly waiting: PostTask[] = [];
  private waitingBytes = 0;
  private readonly outcomes = new Map<number, PostOutcome | undefined>();
  private isBusy = false;

  constructor(private readonly answer: (request: number, outcome: PostOutcome) => void) {}

  /** Queues a post; returns false when too many wait. */
  add(task: PostTask): boolean {
    if (this.outcomes.has(task.request)) {
      const outcome = this.outcomes.get(task.request);
      // Undefined: still under way, and its answer will come.
      if (outcome) this.answer(task.request, outcome);
      return true;
    }
    if (this.waiting.length >= POSTS_WAITING_MAX || this.waitingBytes + task.bytes > POSTS_WAITING_BYTES_MAX) {
      return false;
    }
    this.outcomes.set(task.request, undefined);
    this.waiting.push(task);
    this.waitingBytes += task.bytes;
    void this.work();
    return true;
  }

  private async work(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    for (let task = this.waiting.shift(); task; task = this.waiting.shift()) {
      this.waitingBytes -= task.bytes;
      const outcome = await task.send();
      // What failed may be tried again under the same number.
      if ('code' in outcome) this.outcomes.delete(task.request);
      else this.remember(task.request, outcome);
      this.answer(task.request, outcome);
    }
    this.isBusy = false;
  }

  private remember(request: number, outcome: PostOutcome): void {
    this.outcomes.set(request, outcome);
    for (const [old, known] of this.outcomes) {
      if (this.outcomes.size <= REMEMBERED_MAX) break;
      if (known) this.outcomes.delete(old);
    }
  }
}
