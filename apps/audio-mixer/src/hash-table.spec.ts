import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HashTable } from './hash-table.js';

describe('HashTable', () => {
  it('finds the first that was added under a hash since it was cleared, like a map', () => {
    const hash = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }));
    const rounds = fc.array(fc.array(hash, { maxLength: 16 }), { maxLength: 6 });
    fc.assert(
      fc.property(rounds, (hashesOfRounds) => {
        const table = new HashTable<number>(16);
        for (const hashes of hashesOfRounds) {
          table.clear();
          const map = new Map<number, number>();
          hashes.forEach((each, value) => {
            if (!map.has(each)) map.set(each, value);
            expect(table.findOrAdd(each, value)).toBe(map.get(each));
          });
        }
      }),
    );
  });

  it('takes no more than it was built for, and still answers', () => {
    const table = new HashTable<number>(2);
    for (let value = 0; value < 100; value++) expect(table.findOrAdd(value, value)).toBe(value);
    expect(table.findOrAdd(0, 7)).toBe(0);
    expect(table.findOrAdd(50, 7)).toBe(7);
  });
});
