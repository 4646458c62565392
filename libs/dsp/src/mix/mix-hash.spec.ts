import { describe, expect, it } from '@jest/globals';
import { mixHash } from './mix-hash.js';

describe('mixHash', () => {
  it('is what its definition gives in large whole numbers', () => {
    expect(mixHash(new Int32Array(8)) >>> 0).toBe(expectedOf([0, 0, 0, 0, 0, 0, 0, 0]));
    expect(mixHash(Int32Array.of(1, -2, 3, -4, 5, -6, 7, -8)) >>> 0).toBe(expectedOf([1, -2, 3, -4, 5, -6, 7, -8]));
  });

  it('notices every word and every order of words', () => {
    const words = Int32Array.from({ length: 480 }, (_, index) => index * 7);
    const seen = new Set([mixHash(words)]);
    for (let index = 0; index < 480; index++) {
      const other = words.slice();
      other[index] ^= 1;
      seen.add(mixHash(other));
    }
    seen.add(mixHash(words.slice().reverse()));
    expect(seen.size).toBe(482);
  });
});

/** The definition in large whole numbers. */
function expectedOf(words: number[]): number {
  const step = (hash: bigint, word: bigint): bigint => ((hash ^ (word & 0xffffffffn)) * 0x01000193n) & 0xffffffffn;
  const lanes = [0, 1, 2, 3].map((lane) => {
    return words.filter((_, index) => index % 4 === lane).reduce((hash, word) => step(hash, BigInt(word)), 0x811c9dc5n);
  });
  return Number(lanes.reduce(step, 0x811c9dc5n));
}
