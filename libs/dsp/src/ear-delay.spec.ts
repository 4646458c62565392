import { SAMPLE_RATE_HZ } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import { EAR_DELAY_FRAMES_MAX, earDelayFrames } from './ear-delay.js';

function differenceUs(azimuthRad: number): number {
  const right = earDelayFrames(Math.abs(Math.PI / 2 - azimuthRad));
  const left = earDelayFrames(Math.abs(Math.PI / 2 + azimuthRad));
  return ((left - right) / SAMPLE_RATE_HZ) * 1e6;
}

describe('earDelayFrames', () => {
  it('gives the difference of a spherical head, up to about 650 µs at the side', () => {
    for (let degrees = 0; degrees <= 90; degrees += 5) {
      const azimuth = (degrees / 180) * Math.PI;
      const woodworthUs = (0.0875 / 343) * (azimuth + Math.sin(azimuth)) * 1e6;
      expect(Math.abs(differenceUs(azimuth) - woodworthUs)).toBeLessThan(0.01);
    }
    expect(differenceUs(Math.PI / 2)).toBeGreaterThan(640);
    expect(differenceUs(Math.PI / 2)).toBeLessThan(670);
    expect(differenceUs(0)).toBe(0);
  });

  it('is never negative and never longer than its bound', () => {
    for (let incidence = 0; incidence <= Math.PI; incidence += 0.001) {
      expect(earDelayFrames(incidence)).toBeGreaterThanOrEqual(0);
      expect(earDelayFrames(incidence)).toBeLessThanOrEqual(EAR_DELAY_FRAMES_MAX);
    }
  });
});
