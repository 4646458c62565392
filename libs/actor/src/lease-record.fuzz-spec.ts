import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeLeaseRecord, encodeLeaseRecord } from './lease-record.js';

const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('lease records, whatever is in the bucket', () => {
  it('are read as they were written', () => {
    const record = fc.record({
      holder: fc.stringMatching(/^[a-z0-9-]{1,48}$/),
      holderEpochMs: fc.nat(),
      epoch: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - 1 }),
      released: fc.boolean(),
    });
    fc.assert(fc.property(record, (value) => expect(decodeLeaseRecord(encodeLeaseRecord(value))).toEqual(value)));
  });

  it('are well-formed or none', () => {
    const loose = fc.record(
      { holder: fc.anything(), holderEpochMs: fc.anything(), epoch: fc.anything(), released: fc.anything() },
      { requiredKeys: [] },
    );
    const near = fc.record({
      holder: fc.constantFrom('a', 'A', ''),
      holderEpochMs: fc.double(),
      epoch: fc.oneof(fc.double(), fc.constantFrom(0, -1, 1, 2 ** 53)),
      released: fc.constantFrom(true, false, 0, 'true'),
    });
    const data = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.json().map((json) => new TextEncoder().encode(json)),
      fc.oneof(loose, near).map((value) => text(value ?? null)),
    );
    fc.assert(
      fc.property(data, (bytes) => {
        const record = decodeLeaseRecord(bytes);
        if (!record) return;
        expect(record.holder).toMatch(/^[a-z0-9-]{1,48}$/);
        expect(record.epoch).toBeGreaterThanOrEqual(1);
        expect(Number.isSafeInteger(record.epoch + 1)).toBe(true);
        expect(Number.isSafeInteger(record.holderEpochMs)).toBe(true);
        expect(typeof record.released).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });
});
