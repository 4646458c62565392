import { setImmediate } from 'node:timers/promises';
import type { Clock, Timer } from '@app/clock';

interface Pending {
  dueMs: number;
  /** Ties are broken by the order in which timers were set. */
  order: number;
  intervalMs: number | undefined;
  callback: () => void;
  isCancelled: boolean;
}

/** Timers that one `advance` may run before it is taken for an endless loop. */
const CALLBACKS_PER_ADVANCE_MAX = 10_000_000;
/** Time that stands still until a test advances it. Timers run in order of their deadline, then of their setting. */
export class SimClock implements Clock {
  private currentMs: number;
  private nextOrder = 0;
  /** A binary heap: the earliest timer is first. */
  private readonly heap: Pending[] = [];

  /**
   * @param startMs      what `nowMs` says at first
   * @param wallOffsetMs added to it, this is the wall time; default 2026-01-01 UTC
   */
  constructor(
    startMs = 0,
    private readonly wallOffsetMs = Date.UTC(2026, 0, 1),
  ) {
    this.currentMs = startMs;
  }

  nowMs(): number {
    return this.currentMs;
  }

  wallMs(): number {
    return this.wallOffsetMs + this.currentMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    return this.add(this.currentMs + Math.max(0, delayMs), undefined, callback);
  }

  every(intervalMs: number, callback: () => void): Timer {
    if (!(intervalMs > 0)) throw new RangeError('an interval must be longer than 0 ms');
    return this.add(this.currentMs + intervalMs, intervalMs, callback);
  }

  /** Timers that would still run. */
  get pendingCount(): number {
    return this.heap.reduce((count, timer) => count + (timer.isCancelled ? 0 : 1), 0);
  }

  /** Moves time forward and runs what is due, in order; each callback sees its own deadline as the time. */
  advance(durationMs: number): void {
    const endMs = this.endOf(durationMs);
    for (let count = 0; this.runNext(endMs); count++) guardAgainstEndlessLoop(count);
    this.currentMs = endMs;
  }

  /** Like `advance`, and lets promises settle before the first timer, between timers and after the last one. */
  async advanceAsync(durationMs: number): Promise<void> {
    const endMs = this.endOf(durationMs);
    await settle();
    for (let count = 0; this.runNext(endMs); count++) {
      guardAgainstEndlessLoop(count);
      await settle();
    }
    this.currentMs = endMs;
    await settle();
  }

  private endOf(durationMs: number): number {
    if (!(durationMs >= 0)) throw new RangeError('time does not go backwards');
    return this.currentMs + durationMs;
  }

  private add(dueMs: number, intervalMs: number | undefined, callback: () => void): Timer {
    const timer: Pending = { dueMs, order: this.nextOrder++, intervalMs, callback, isCancelled: false };
    this.push(timer);
    return {
      cancel: () => {
        timer.isCancelled = true;
      },
    };
  }

  /** Runs the earliest timer if it is due by `endMs`; false when there is none. */
  private runNext(endMs: number): boolean {
    while (this.heap.length > 0) {
      if (this.heap[0].isCancelled) {
        this.pop();
        continue;
      }
      if (this.heap[0].dueMs > endMs) return false;
      const timer = this.pop();
      // A timer that was set for the past (time was advanced inside a callback) runs now, not then.
      this.currentMs = Math.max(this.currentMs, timer.dueMs);
      if (timer.intervalMs !== undefined) {
        timer.dueMs += timer.intervalMs;
        timer.order = this.nextOrder++;
        this.push(timer);
      }
      timer.callback();
      return true;
    }
    return false;
  }

  private push(timer: Pending): void {
    const { heap } = this;
    let index = heap.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(timer, heap[parent])) break;
      heap[index] = heap[parent];
      index = parent;
    }
    heap[index] = timer;
  }

  private pop(): Pending {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop() as Pending;
    if (heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], last)) break;
      heap[index] = heap[child];
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Pending, b: Pending): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

/** Comes back when no promise has anything left to do, however long the chain: the event loop goes round only then. */
async function settle(): Promise<void> {
  await setImmediate();
}

function guardAgainstEndlessLoop(count: number): void {
  if (count >= CALLBACKS_PER_ADVANCE_MAX) throw new Error('timers keep setting timers for the same moment');
}
