import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '@app/testing';
import { decodeSnapshotMeta, encodeSnapshotMeta, type SnapshotMeta } from './snapshot-meta.js';

const meta: SnapshotMeta = { label: 'x', tiers: ['a', 'b'], madeAtMs: 1, writtenAtMs: 2, count: 3, hash: 'ff' };

describe('decodeSnapshotMeta', () => {
  it('reads what was written', () => {
    expect(decodeSnapshotMeta(encodeSnapshotMeta(meta))).toEqual(meta);
    const plain: SnapshotMeta = { tiers: [], madeAtMs: 1, writtenAtMs: 2, count: 3, hash: 'ff' };
    expect(decodeSnapshotMeta(encodeSnapshotMeta(plain))).toEqual(plain);
  });

  it('never throws, and gives nothing that breaks its ranges', () => {
    const random = new SeededRandom(4);
    const values: unknown[] = [
      '',
      'x'.repeat(65),
      '-1',
      '1e9',
      '9'.repeat(16),
      'ff',
      null,
      undefined,
      7,
      {},
      [],
      'a b',
    ];
    for (let turn = 0; turn < 5_000; turn++) {
      const stored: Record<string, unknown> = { ...encodeSnapshotMeta(meta) };
      for (const key of Object.keys(stored)) {
        if (random.next() < 0.3) stored[key] = values[Math.floor(random.next() * values.length)];
      }
      const decoded = decodeSnapshotMeta(stored);
      if (!decoded) continue;
      for (const value of [decoded.madeAtMs, decoded.writtenAtMs, decoded.count]) {
        expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
      }
      expect((decoded.label ?? '').length).toBeLessThanOrEqual(64);
      expect(decoded.hash).toMatch(/^[0-9a-f]*$/);
    }
  });
});
