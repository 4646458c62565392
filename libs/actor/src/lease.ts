import type { LeaseRecord } from './lease-record.js';

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
}

/** A lease as its keeper has it. */
export class HeldLease implements Lease {
  isHeld = true;

  /** @param revision  of the key in the bucket, as this process wrote it */
  constructor(
    readonly key: string,
    readonly record: LeaseRecord,
    readonly revision: number,
  ) {}

  get epoch(): number {
    return this.record.epoch;
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
