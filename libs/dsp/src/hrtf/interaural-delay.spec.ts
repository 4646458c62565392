import { SAMPLE_RATE_HZ } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import { INTERAURAL_DELAY_FRAMES_MAX, interauralDelayFrames } from './interaural-delay.js';

describe('interauralDelayFrames', () => {
  it('is the path around a sphere, up to 656 µs at the side', () => {
    for (let degrees = -90; degrees <= 90; degrees += 5) {
      const azimuth = (degrees / 180) * Math.PI;
      const woodworthUs = (0.0875 / 343) * (azimuth + Math.sin(azimuth)) * 1e6;
      const us = (interauralDelayFrames(Math.sin(azimuth)) / SAMPLE_RATE_HZ) * 1e6;
      expect(Math.abs(us - woodworthUs)).toBeLessThan(0.01);
    }
    expect((INTERAURAL_DELAY_FRAMES_MAX / SAMPLE_RATE_HZ) * 1e6).toBeCloseTo(656, 0);
    expect(interauralDelayFrames(1)).toBeCloseTo(INTERAURAL_DELAY_FRAMES_MAX, 9);
  });
});
