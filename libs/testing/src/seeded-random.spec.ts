import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from './seeded-random.js';

const take = (seed: number, count: number): number[] => {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => random.nextUint32());
};

describe('SeededRandom', () => {
  it('repeats with the same seed and differs with another', () => {
    expect(take(41, 100)).toEqual(take(41, 100));
    const all = [0, 1, 2, 41, 42, -1, 0xffffffff + 1].map((seed) => take(seed, 4).join());
    // 2^32 and 0 are the same 32 bits.
    expect(new Set(all).size).toBe(6);
  });

  it('gives these numbers for ever, so that a failing seed still fails next year', () => {
    expect(take(1, 4)).toEqual([2420951833, 2513034076, 3847892949, 4064752930]);
  });

  it('gives whole 32-bit numbers and fractions in [0, 1)', () => {
    const random = new SeededRandom(7);
    for (let index = 0; index < 10_000; index++) {
      const whole = random.nextUint32();
      expect(Number.isInteger(whole) && whole >= 0 && whole <= 0xffffffff).toBe(true);
      const fraction = random.next();
      expect(fraction >= 0 && fraction < 1).toBe(true);
    }
  });

  it('is even in every bit, also across neighbouring seeds', () => {
    const draws = [...take(3, 20_000), ...Array.from({ length: 20_000 }, (_, seed) => take(seed, 1)[0])];
    for (let bit = 0; bit < 32; bit++) {
      for (const half of [draws.slice(0, 20_000), draws.slice(20_000)]) {
        const ones = half.filter((value) => (value >>> bit) & 1).length;
        // Five standard deviations.
        expect(Math.abs(ones - 10_000)).toBeLessThan(5 * Math.sqrt(5_000));
      }
    }
  });

  it('reaches both ends of a range of whole numbers', () => {
    const random = new SeededRandom(5);
    const seen = new Set(Array.from({ length: 200 }, () => random.nextInteger(-1, 2)));
    expect([...seen].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
  });
});
