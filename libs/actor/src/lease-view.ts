import { LEASES_MAX } from '@app/world';
import { decodeLeaseRecord, type LeaseRecord } from './lease-record.js';

/** What this process knows of one key. */
export interface LeaseSight {
  /** Undefined when the key is absent or holds no record. */
  record: LeaseRecord | undefined;
  /** Of the key in the bucket; 0 when it is absent. */
  revision: number;
  /** The highest epoch that this process ever saw: for whoever saw it, epochs rise even if an operator deletes the key. */
  epochMax: number;
}

/** The bucket of leases as this process sees it through its watch. */
export class LeaseView {
  private readonly sights = new Map<string, LeaseSight>();

  /** A change that the watch has told. Returns what is known now; undefined when there are too many keys. */
  accept(key: string, value: Uint8Array | undefined, revision: number): LeaseSight | undefined {
    const known = this.sights.get(key);
    if (!known && this.sights.size >= LEASES_MAX) return undefined;
    const record = value && decodeLeaseRecord(value);
    const epochMax = Math.max(known?.epochMax ?? 0, record?.epoch ?? 0);
    const sight = { record, revision: value ? revision : 0, epochMax };
    this.sights.set(key, sight);
    return sight;
  }

  get(key: string): LeaseSight | undefined {
    return this.sights.get(key);
  }

  /** Keys that an instance has and did not release. */
  keysOf(holder: string): string[] {
    return [...this.sights]
      .filter(([, { record }]) => record?.holder === holder && !record.released)
      .map(([key]) => key);
  }
}
