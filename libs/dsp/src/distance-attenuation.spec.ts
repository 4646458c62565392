import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DistanceAttenuation } from './distance-attenuation.js';

describe('DistanceAttenuation', () => {
  const usual = new DistanceAttenuation({ coefficient: 0.5, audibleDistanceM: 120 });

  it('halves the level with each doubling of the distance', () => {
    for (const distance of [1, 2, 4, 8, 16, 32]) {
      expect(usual.gainAt(2 * distance) / usual.gainAt(distance)).toBeCloseTo(0.5, 9);
    }
  });

  it('has full level within the reference distance', () => {
    expect(usual.gainAt(0)).toBe(1);
    expect(usual.gainAt(1)).toBe(1);
  });

  it('never rises with distance, never jumps, and ends at exactly zero', () => {
    let before = usual.gainAt(0);
    for (let distance = 0; distance <= 130; distance += 0.01) {
      const gain = usual.gainAt(distance);
      expect(gain).toBeLessThanOrEqual(before);
      expect(before - gain).toBeLessThan(0.011);
      before = gain;
    }
    expect(usual.gainAt(120)).toBe(0);
  });

  it('stays within 0 and 1 for every coefficient', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        (coefficient, distanceM) => {
          const gain = new DistanceAttenuation({ coefficient, audibleDistanceM: 120 }).gainAt(distanceM);
          return gain >= 0 && gain <= 1;
        },
      ),
    );
  });
});
