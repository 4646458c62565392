import { describe, expect, it } from '@jest/globals';
import { EAR_WORDS, FAR_EAR_WORDS, placeFarEars, placeNearEars } from './hrtf-model.js';

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

/** Directions over the whole sphere, in steps of `stepDegrees`. */
function* sphere(stepDegrees: number): Generator<[number, number, number]> {
  for (let elevation = -90; elevation <= 90; elevation += stepDegrees) {
    for (let azimuth = -180; azimuth < 180; azimuth += stepDegrees) yield direction(azimuth, elevation);
  }
}

/** Azimuth to the right of straight ahead. */
function direction(azimuthDegrees: number, elevationDegrees: number): [number, number, number] {
  const azimuth = (azimuthDegrees / 180) * Math.PI;
  const elevation = (elevationDegrees / 180) * Math.PI;
  const level = Math.cos(elevation);
  return [Math.sin(azimuth) * level, Math.sin(elevation), -Math.cos(azimuth) * level];
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

  it('let the earlier ear hear at once', () => {
    for (const [x, y, z] of sphere(7)) {
      const [left, right] = near(x, y, z, 2);
      expect(Math.min(left, right)).toBe(0);
      expect(Math.max(left, right)).toBeLessThan(31.6);
    }
  });

  it('do not know a direction in the middle of the head', () => {
    const middle = near(0, 0, -1, 0);
    for (const [x, y, z] of sphere(15)) expect([...near(x, y, z, 0)]).toEqual([...middle]);
  });
});
