import { describe, expect, it } from '@jest/globals';
import { EAR_DELAY_FRAMES_MAX } from './ear-delay.js';
import { floatToPcm16, HISTORY_FRAMES, peakOf, planarToPcm16 } from './audio-block.js';

describe('audio blocks', () => {
  it('keep enough of the past for the farther ear', () => {
    expect(HISTORY_FRAMES).toBeGreaterThanOrEqual(Math.ceil(EAR_DELAY_FRAMES_MAX) + 2);
  });

  it('turn into 16 bits with rounding, saturation and interleaving', () => {
    const planar = new Float32Array([0, 0.5, 2, -0.25, -2, 1e-5]);
    const interleaved = new Int16Array(6);
    planarToPcm16(planar, interleaved);
    expect(Array.from(interleaved)).toEqual([0, -8_192, 16_384, -32_767, 32_767, 0]);
    const plain = new Int16Array(6);
    floatToPcm16(planar, plain);
    expect(Array.from(plain)).toEqual([0, 16_384, 32_767, -8_192, -32_767, 0]);
  });

  it('do not hide what is no number', () => {
    expect(peakOf(new Float32Array([0.1, NaN, 0.2]))).toBe(Infinity);
    expect(peakOf(new Float32Array([0.1, -0.3, 0.2]))).toBeCloseTo(0.3, 6);
  });
});
