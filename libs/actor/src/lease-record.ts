import { type InstanceId, isInstanceId, readJsonObject } from '@app/world';

/** What the bucket of leases says about one key: who holds it, or held it last. */
export interface LeaseRecord {
  holder: InstanceId;
  /** When the holder's process was started, ms since 1970-01-01 UTC; tells it from its predecessor of the same name. */
  holderEpochMs: number;
  /** From 1; rises each time that somebody takes the lease, and never falls. */
  epoch: number;
  /** The holder has given it up; the epoch is kept so that it only rises. */
  released: boolean;
}

const encoder = new TextEncoder();

/** About 80 bytes of JSON, so that an operator can read the bucket with any tool. */
export function encodeLeaseRecord(record: LeaseRecord): Uint8Array {
  const { holder, holderEpochMs, epoch, released } = record;
  return encoder.encode(JSON.stringify({ holder, holderEpochMs, epoch, released }));
}

/** Undefined for what is no record; never throws. */
export function decodeLeaseRecord(data: Uint8Array): LeaseRecord | undefined {
  const value = readJsonObject(data);
  if (!value) return undefined;
  const { holder, holderEpochMs, epoch, released } = value;
  if (typeof holder !== 'string' || !isInstanceId(holder) || typeof released !== 'boolean') return undefined;
  if (!isCount(holderEpochMs) || !isCount(epoch) || epoch < 1) return undefined;
  return { holder, holderEpochMs, epoch, released };
}

/** Below the largest safe integer, so that the next epoch is a number of its own. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < Number.MAX_SAFE_INTEGER;
}
