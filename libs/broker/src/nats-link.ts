import { type Clock, pause } from '@app/clock';
import { jetstream, JetStreamApiError, type JetStreamClient } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { BrokerError } from './broker.errors.js';
import { disconnectedError } from './nats-errors.js';

/** How long one answer of JetStream may take, in ms. */
const JETSTREAM_TIMEOUT_MS = 5_000;
/** What JetStream answers while it is not ready. */
const STATUS_UNAVAILABLE = 503;
/** Pause between two looks at storage that is not ready, in ms. */
const STORAGE_RETRY_MS = 100;

/**
 * What buckets and streams need of the connection: whether it is up, and a way to give up waiting when it goes down.
 * (The client itself lets waiting requests run into their timeouts.)
 */
export class NatsLink {
  readonly jetStream: JetStreamClient;
  private isUp = true;
  private readonly waiting = new Set<(error: BrokerError) => void>();
  private readonly upListeners = new Set<() => void>();
  private readonly downListeners: (() => void)[] = [];

  constructor(
    readonly connection: NatsConnection,
    readonly clock: Clock,
    private readonly storageWaitMs: number,
  ) {
    this.jetStream = jetstream(connection, { timeout: JETSTREAM_TIMEOUT_MS });
  }

  get isConnected(): boolean {
    return this.isUp;
  }

  /** Called by the broker when the connection came back. */
  up(): void {
    this.isUp = true;
    for (const listener of [...this.upListeners]) listener();
  }

  /** Called by the broker when the connection broke or was closed: whoever waits for an answer waits in vain. */
  down(): void {
    this.isUp = false;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const reject of waiting) reject(disconnectedError());
    for (const listener of this.downListeners) listener();
  }

  /** Calls back whenever the connection has come back; returns the way to stop. */
  onUp(listener: () => void): () => void {
    this.upListeners.add(listener);
    return () => void this.upListeners.delete(listener);
  }

  /** Calls back whenever the connection has broken or was closed. */
  onDown(listener: () => void): void {
    this.downListeners.push(listener);
  }

  /** Does `work`, which waits for an answer of the broker; fails at once when there is no connection any more. */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (!this.isUp) return Promise.reject(disconnectedError());
    return new Promise<T>((resolve, reject) => {
      this.waiting.add(reject);
      let promise: Promise<T>;
      try {
        promise = work();
      } catch (error) {
        promise = Promise.reject(error instanceof Error ? error : new Error(String(error)));
      }
      promise.then(
        (value) => {
          this.waiting.delete(reject);
          resolve(value);
        },
        (error: unknown) => {
          this.waiting.delete(reject);
          reject(error);
        },
      );
    });
  }

  /** Does `work` again until storage is ready, but not for ever: the broker may have just started. */
  async whenStorageReady<T>(work: () => Promise<T>): Promise<T> {
    const deadlineMs = this.clock.nowMs() + this.storageWaitMs;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isPassing(error) || this.clock.nowMs() >= deadlineMs) throw error;
        await pause(this.clock, STORAGE_RETRY_MS);
      }
    }
  }
}

/** Storage that does not answer may do so soon; one that answers "no" will say so again. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof BrokerError) || error.code !== 'broker-unavailable') return false;
  return !(error.cause instanceof JetStreamApiError) || error.cause.status === STATUS_UNAVAILABLE;
}
