import { describe, expect, it } from '@jest/globals';
import { ENTITY_SHARDS_MAX } from '@app/world';
import fc from 'fast-check';
import { decodeWorldRecord, encodeWorldRecord } from './world-record.js';

describe('what the bucket says about a world', () => {
  it('is a record within limits or none, whatever the bytes are', () => {
    const text = fc.oneof(
      fc.json(),
      fc.record({ createdAtMs: fc.double(), shards: fc.integer() }).map((v) => JSON.stringify(v)),
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      text.map((json) => new TextEncoder().encode(json)),
    );
    fc.assert(
      fc.property(bytes, (data) => {
        const record = decodeWorldRecord(data);
        if (!record) return;
        expect(record.shards).toBeGreaterThanOrEqual(1);
        expect(record.shards).toBeLessThanOrEqual(ENTITY_SHARDS_MAX);
        expect(decodeWorldRecord(encodeWorldRecord(record))).toEqual(record);
      }),
    );
  });
});
