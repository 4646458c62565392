import type { Clock } from '@app/clock';
import type { BrokerCounters, BrokerMessage, BrokerStatus, Subscription } from './broker.js';

/** Handlers of one subscription that may be unfinished (promises) before messages are dropped. */
export const HANDLERS_UNFINISHED_MAX = 4_096;
/** At most one report of the same kind per subscription in this time, in ms: a handler may fail 100 times a second. */
const REPORT_INTERVAL_MS = 1_000;

/** Counters that can be counted. */
export type MutableCounters = { -readonly [K in keyof BrokerCounters]: number };

/** Counters of a fresh connection. */
export function newCounters(): MutableCounters {
  return { published: 0, publishedDropped: 0, delivered: 0, deliveredDropped: 0, handlersFailed: 0, reconnected: 0 };
}

/** Those who want to know how a connection does. A listener that throws does not keep others from being told. */
export class StatusListeners {
  private readonly listeners = new Set<(status: BrokerStatus) => void>();

  add(listener: (status: BrokerStatus) => void): Subscription {
    // A wrapper of its own makes adding the same function twice two subscriptions.
    const entry = (status: BrokerStatus): void => listener(status);
    this.listeners.add(entry);
    return { unsubscribe: () => void this.listeners.delete(entry) };
  }

  tell(status: BrokerStatus): void {
    for (const listener of [...this.listeners]) {
      try {
        listener(status);
      } catch {
        // Status listeners log and count; there is nobody left to tell about one that fails.
      }
    }
  }
}

/**
 * Calls the handler of one subscription and keeps its failures away from the connection: what it throws, what its
 * promise rejects with, and promises that pile up because they never settle.
 */
export class MessageDelivery {
  private unfinished = 0;
  private failedReportMs = -Infinity;
  private slowReportMs = -Infinity;
  private idle: (() => void)[] = [];

  constructor(
    private readonly subject: string,
    private readonly handler: (message: BrokerMessage) => unknown,
    private readonly counters: MutableCounters,
    private readonly status: StatusListeners,
    private readonly clock: Clock,
  ) {}

  deliver(message: BrokerMessage): void {
    if (this.unfinished >= HANDLERS_UNFINISHED_MAX) {
      this.counters.deliveredDropped++;
      const nowMs = this.clock.nowMs();
      if (nowMs - this.slowReportMs < REPORT_INTERVAL_MS) return;
      this.slowReportMs = nowMs;
      this.status.tell({ type: 'slow-consumer', subject: this.subject });
      return;
    }
    this.counters.delivered++;
    try {
      const result = this.handler(message);
      if (isPromise(result)) this.follow(result);
    } catch (error) {
      this.failed(error);
    }
  }

  /** Resolves when no handler is unfinished. */
  whenIdle(): Promise<void> {
    if (this.unfinished === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private follow(result: PromiseLike<unknown>): void {
    this.unfinished++;
    result.then(
      () => this.finished(),
      (error: unknown) => {
        this.failed(error);
        this.finished();
      },
    );
  }

  private finished(): void {
    this.unfinished--;
    if (this.unfinished > 0 || this.idle.length === 0) return;
    const waiting = this.idle;
    this.idle = [];
    for (const resolve of waiting) resolve();
  }

  private failed(error: unknown): void {
    this.counters.handlersFailed++;
    const nowMs = this.clock.nowMs();
    if (nowMs - this.failedReportMs < REPORT_INTERVAL_MS) return;
    this.failedReportMs = nowMs;
    this.status.tell({ type: 'handler-failed', subject: this.subject, error });
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
