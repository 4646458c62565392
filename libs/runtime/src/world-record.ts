import { ENTITY_SHARDS_MAX, readJsonObject } from '@app/world';

/** What the bucket VW_WORLDS says about a world. */
export interface WorldRecord {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly createdAtMs: number;
  /** Into how many parts its things are divided, 1 to ENTITY_SHARDS_MAX; never changes. */
  readonly shards: number;
}

const encoder = new TextEncoder();

/** About 40 bytes of JSON, so that an operator can read the bucket with any tool. */
export function encodeWorldRecord({ createdAtMs, shards }: WorldRecord): Uint8Array {
  return encoder.encode(JSON.stringify({ createdAtMs, shards }));
}

/** Undefined for what is no record; never throws. */
export function decodeWorldRecord(data: Uint8Array): WorldRecord | undefined {
  const value = readJsonObject(data);
  if (!value) return undefined;
  const { createdAtMs, shards } = value;
  if (typeof createdAtMs !== 'number' || !Number.isSafeInteger(createdAtMs) || createdAtMs < 0) return undefined;
  if (typeof shards !== 'number' || !Number.isInteger(shards) || shards < 1 || shards > ENTITY_SHARDS_MAX)
    return undefined;
  return { createdAtMs, shards };
}
