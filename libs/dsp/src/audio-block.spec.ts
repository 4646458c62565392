import { describe, expect, it } from '@jest/globals';
import { energyOf, peakOf } from './audio-block.js';

describe('audio blocks', () => {
  it('do not hide what is no number', () => {
    expect(peakOf(new Float32Array([0.1, NaN, 0.2]))).toBe(Infinity);
    expect(energyOf(new Float32Array([0.1, NaN, 0.2]))).toBeNaN();
  });

  it('tell peak and energy of a part of them', () => {
    const block = new Float32Array([0.5, -0.25, 0.125, 1]);
    expect(peakOf(block, 1, 3)).toBe(0.25);
    expect(energyOf(block, 1, 3)).toBe(0.0625 + 0.015625);
  });
});
