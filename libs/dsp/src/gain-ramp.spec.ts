import { describe, expect, it } from '@jest/globals';
import { applyGainRamp, crossFade } from './gain-ramp.js';

describe('applyGainRamp', () => {
  it('ends exactly at its target, and the next ramp goes on without a step', () => {
    const block = new Float32Array(200).fill(1);
    applyGainRamp(block, 0, 0.5, 0, 100);
    applyGainRamp(block, 0.5, 1, 100, 100);
    expect(block[99]).toBeCloseTo(0.5, 6);
    expect(block[199]).toBeCloseTo(1, 6);
    for (let index = 1; index < 200; index++) expect(block[index] - block[index - 1]).toBeCloseTo(0.005, 6);
  });

  it('leaves unity alone and makes zero exact', () => {
    const block = new Float32Array([0.1, -0.2, 0.3]);
    applyGainRamp(block, 1, 1);
    expect(Array.from(block)).toEqual(Array.from(new Float32Array([0.1, -0.2, 0.3])));
    applyGainRamp(block, 0, 0);
    expect(Array.from(block)).toEqual([0, 0, 0]);
  });
});

describe('crossFade', () => {
  it('keeps the level of a signal that is faded into itself', () => {
    const signal = new Float32Array(50).fill(0.7);
    const target = new Float32Array(50);
    crossFade(target, 0, signal, 0, signal, 0, 50);
    for (const value of target) expect(value).toBeCloseTo(0.7, 6);
  });
});
