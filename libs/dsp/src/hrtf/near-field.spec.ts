import { describe, expect, it } from '@jest/globals';
import { NEAR_FIELD_DISTANCE_M, nearFieldGain } from './near-field.js';

describe('nearFieldGain', () => {
  it('is 1 from a metre on, and ahead at every distance', () => {
    for (let lateral = -1; lateral <= 1; lateral += 0.1) expect(nearFieldGain(lateral, NEAR_FIELD_DISTANCE_M)).toBe(1);
    for (let distance = 0; distance < 2; distance += 0.05) expect(nearFieldGain(0, distance)).toBe(1);
  });

  it('makes the closer ear louder and keeps the energy of both', () => {
    for (let distance = 0; distance < 1; distance += 0.01) {
      for (let lateral = 0; lateral <= 1; lateral += 0.1) {
        const near = nearFieldGain(lateral, distance);
        const far = nearFieldGain(-lateral, distance);
        expect(near).toBeGreaterThanOrEqual(far);
        expect(near * near + far * far).toBeCloseTo(2, 12);
      }
    }
  });

  it('is the ratio of the distances at 0.4 m', () => {
    const ratio = nearFieldGain(1, 0.4) / nearFieldGain(-1, 0.4);
    expect(ratio).toBeCloseTo(0.4875 / 0.3125, 9);
  });

  it('stays finite and moves without steps down to the middle of the head', () => {
    let before = nearFieldGain(1, 0);
    for (let distance = 0; distance < 1.2; distance += 0.001) {
      const gain = nearFieldGain(1, distance);
      expect(Math.abs(gain - before)).toBeLessThan(0.01);
      expect(gain).toBeLessThan(Math.SQRT2);
      before = gain;
    }
  });
});
