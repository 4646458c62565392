import { describe, expect, it } from '@jest/globals';
import { RESONATOR_HZ, RESONATOR_Q } from './basis-filters.js';
import { levelsDb, planeResponses } from './plane-responses.fixture.js';

function levelDb(plane: number, hz: number): number {
  const gains = [0, 0, 0, 0];
  gains[plane] = 1;
  return levelsDb(gains, [planeResponses(hz)])[0];
}

describe('lowpassCoefficients', () => {
  it('give a lowpass of first order at 1.2 kHz', () => {
    const corner = 343 / 0.0875 / Math.PI;
    expect(levelDb(1, 20)).toBeCloseTo(0, 2);
    expect(levelDb(1, corner)).toBeCloseTo(-3, 1);
    expect(levelDb(1, 4 * corner) - levelDb(1, 2 * corner)).toBeLessThan(-5);
    expect(levelDb(1, 23_900)).toBeLessThan(-35);
  });
});

describe('resonatorCoefficients', () => {
  it('give a band that lets its centre through and nothing far from it', () => {
    expect(levelDb(2, RESONATOR_HZ)).toBeCloseTo(0, 3);
    expect(levelDb(2, 100)).toBeLessThan(-35);
    expect(levelDb(2, 23_900)).toBeLessThan(-35);
  });

  it('give a low output that keeps what is far below the centre, and rises to Q there', () => {
    expect(levelDb(3, 20)).toBeCloseTo(0, 3);
    expect(levelDb(3, RESONATOR_HZ)).toBeCloseTo(20 * Math.log10(RESONATOR_Q), 2);
    expect(levelDb(3, 23_900)).toBeLessThan(-70);
  });
});
