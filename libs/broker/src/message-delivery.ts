import type { Clock } from '@app/clock';
import { BrokerError } from './broker.errors.js';
import type { BrokerCounters, BrokerMessage, BrokerStatus, Subscription } from './broker.js';

/** Handlers of one subscription that may be unfinished (promises) before messages are dropped. */
export const HANDLERS_UNFINISHED_MAX = 4_096;
/** At most one report of the same kind, per subscription, in this time, in ms. */
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

/** Tells of something that may happen 100 times a second, at most once in a while. */
export class ThrottledReports {
  private reportedMs = -Infinity;

  constructor(
    private readonly status: StatusListeners,
    private readonly clock: Clock,
  ) {}

  tell(status: BrokerStatus): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.reportedMs < REPORT_INTERVAL_MS) return;
    this.reportedMs = nowMs;
    this.status.tell(status);
  }
}

/** More bytes than the broker takes. */
export function tooLargeError(subject: string, data: Uint8Array): BrokerError {
  const text = `${data.length} bytes on ${subject} are more than the broker takes.`;
  return new BrokerError('broker-payload-too-large', text);
}

/**
 * Calls the handler of one subscription and keeps its failures away from the connection: what it throws, what its
 * promise rejects with, and promises that pile up because they never settle.
 */
export class MessageDelivery {
  private unfinished = 0;
  private readonly failedReports: ThrottledReports;
  private readonly slowReports: ThrottledReports;
  private idle: (() => void)[] = [];

  constructor(
    private readonly subject: string,
    private readonly handler: (message: BrokerMessage) => unknown,
    private readonly counters: MutableCounters,
    status: StatusListeners,
    clock: Clock,
  ) {
    this.failedReports = new ThrottledReports(status, clock);
    this.slowReports = new ThrottledReports(status, clock);
  }

  deliver(message: BrokerMessage): void {
    if (this.unfinished >= HANDLERS_UNFINISHED_MAX) {
      this.counters.deliveredDropped++;
      this.slowReports.tell({ type: 'slow-consumer', subject: this.subject });
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
    this.failedReports.tell({ type: 'handler-failed', subject: this.subject, error });
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
