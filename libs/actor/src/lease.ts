import type { Subscription } from '@app/broker';
import type { LeaseRecord } from './lease-record.js';
import { Listeners } from './listeners.js';

/**
 * The proof of holding a key. It is a promise to others, not a lock: a holder that is late without knowing it is made
 * harmless by the epoch, which the log compares.
 */
export interface Lease {
  readonly key: string;
  /** From 1; higher than that of every holder before. */
  readonly epoch: number;
  /** False once it is released or known to be lost; never true again. */
  readonly isHeld: boolean;
  /** Called once when it is released or lost; at once when it is so already. */
  onEnded(listener: () => void): Subscription;
}

/** A lease as its keeper has it. */
export class HeldLease implements Lease {
  private readonly ended = new Listeners<void>();
  private isOver = false;

  /** @param revision  of the key in the bucket, as this process wrote it */
  constructor(
    readonly key: string,
    readonly record: LeaseRecord,
    readonly revision: number,
  ) {}

  get isHeld(): boolean {
    return !this.isOver;
  }

  get epoch(): number {
    return this.record.epoch;
  }

  onEnded(listener: () => void): Subscription {
    if (!this.isOver) return this.ended.add(listener);
    listener();
    return { unsubscribe: () => undefined };
  }

  /** It is released or lost: tells everybody, once, and forgets them. */
  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.ended.tell();
    this.ended.clear();
  }

  /** How many want to know. */
  get listenerCount(): number {
    return this.ended.size;
  }

  /** Whether a record in the bucket is this lease. */
  matches(record: LeaseRecord | undefined): boolean {
    return (
      record !== undefined &&
      !record.released &&
      record.holder === this.record.holder &&
      record.holderEpochMs === this.record.holderEpochMs &&
      record.epoch === this.record.epoch
    );
  }
}
