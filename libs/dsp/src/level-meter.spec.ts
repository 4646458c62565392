import { describe, expect, it } from '@jest/globals';
import { LevelMeter } from './level-meter.js';

describe('LevelMeter', () => {
  it('reads -3 dB for a full sine and falls slowly afterwards', () => {
    const meter = new LevelMeter();
    meter.process(Float32Array.from({ length: 960 }, (_, n) => Math.sin((2 * Math.PI * n) / 48)));
    expect(meter.levelDb).toBeCloseTo(-3.01, 1);
    meter.processSilence();
    expect(meter.levelDb).toBeGreaterThan(-5);
    for (let count = 0; count < 500; count++) meter.processSilence();
    expect(meter.levelDb).toBe(-127);
  });
});
