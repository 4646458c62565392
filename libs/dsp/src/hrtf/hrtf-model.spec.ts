import { describe, expect, it } from '@jest/globals';
import { EAR_WORDS, FAR_EAR_WORDS, placeFarEars, placeNearEars } from './hrtf-model.js';
import { direction, sphere } from './plane-responses.fixture.js';

function near(x: number, y: number, z: number, distanceM: number): Float64Array {
  const words = new Float64Array(EAR_WORDS);
  placeNearEars(x, y, z, distanceM, words, 0);
  return words;
}

function far(x: number, y: number, z: number): Float64Array {
  const words = new Float64Array(FAR_EAR_WORDS);
  placeFarEars(x, y, z, words, 0);
  return words;
}

/** Largest difference of delays (in samples) and of gains. */
function steps(from: Float64Array, to: Float64Array): { delay: number; gain: number } {
  const differences = [...from].map((word, index) => Math.abs(to[index] - word));
  return { delay: Math.max(...differences.slice(0, 2)), gain: Math.max(...differences.slice(2)) };
}

describe('placeNearEars and placeFarEars', () => {
  it('are mirror images, to the last bit', () => {
    for (const [x, y, z] of sphere(7)) {
      for (const distance of [0, 0.1, 0.25, 0.6, 3]) {
        const [delayLeft, delayRight, ...gains] = near(x, y, z, distance);
        const mirrored = near(-x, y, z, distance);
        expect([...mirrored]).toEqual([delayRight, delayLeft, ...gains.slice(4), ...gains.slice(0, 4)]);
      }
      const [delayLeft, delayRight, directLeft, lowLeft, directRight, lowRight] = far(x, y, z);
      expect([...far(-x, y, z)]).toEqual([delayRight, delayLeft, directRight, lowRight, directLeft, lowLeft]);
    }
  });

  it('let the earlier ear hear at once, and the other one at most 31.5 samples later', () => {
    for (const [x, y, z] of sphere(7)) {
      const [left, right] = near(x, y, z, 2);
      expect(Math.min(left, right)).toBe(0);
      expect(Math.max(left, right)).toBeLessThan(31.51);
      expect(Math.sign(left - right)).toBe(Math.sign(x));
      expect([...far(x, y, z)].slice(0, 2)).toEqual([left, right]);
    }
  });

  it('move without steps as a head turns, over the median plane and over the poles as well', () => {
    const most = { delay: 0, near: 0, far: 0 };
    for (let elevation = -90; elevation < 90; elevation += 2.3) {
      for (let azimuth = -180; azimuth < 180; azimuth += 1.9) {
        const here = direction(azimuth, elevation);
        for (const there of [direction(azimuth + 0.1, elevation), direction(azimuth, elevation + 0.1)]) {
          const nearby = steps(near(...here, 2), near(...there, 2));
          most.delay = Math.max(most.delay, nearby.delay);
          most.near = Math.max(most.near, nearby.gain);
          most.far = Math.max(most.far, steps(far(...here), far(...there)).gain);
        }
      }
    }
    // For a tenth of a degree.
    expect(most.delay).toBeLessThan(0.045);
    expect(most.near).toBeLessThan(0.011);
    expect(most.far).toBeLessThan(0.008);
  });

  it('move without steps as somebody walks through, and do not know a direction in the middle of the head', () => {
    const middle = near(0, 0, -1, 0);
    for (const [x, y, z] of sphere(30)) {
      expect(steps(middle, near(x, y, z, 0))).toEqual({ delay: 0, gain: 0 });
      const most = { delay: 0, gain: 0 };
      let before = middle;
      for (let distance = 0; distance < 1.5; distance += 0.001) {
        const words = near(x, y, z, distance);
        const step = steps(before, words);
        most.delay = Math.max(most.delay, step.delay);
        most.gain = Math.max(most.gain, step.gain);
        before = words;
      }
      // For a millimetre.
      expect(most.delay).toBeLessThan(0.2);
      expect(most.gain).toBeLessThan(0.02);
    }
    expect(steps(middle, Float64Array.of(0, 0, 1, 0, 0, 0, 1, 0, 0, 0))).toEqual({ delay: 0, gain: 0 });
  });

  it('make the closer ear louder by the ratio of the distances, below a metre only', () => {
    const at = (distance: number): number[] => [...near(1, 0, 0, distance)].slice(2);
    const ratios = at(0.4).map((gain, index) => gain / at(1)[index]);
    for (const left of ratios.slice(0, 4)) expect(left).toBeCloseTo(ratios[0], 12);
    for (const right of ratios.slice(4)) expect(right / ratios[0]).toBeCloseTo(0.4875 / 0.3125, 9);
    expect(at(1)).toEqual(at(100));
  });

  it('stay finite without a direction', () => {
    for (const word of [...near(0, 0, 0, 0), ...far(0, 0, 0)]) expect(word).toBeGreaterThanOrEqual(-3);
  });
});
