import { SAMPLE_RATE_HZ } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import { energyOf } from './audio-block.js';
import { earLevel, farShadowGain, headShadow, ShadowLowpass } from './head-shadow.js';

/** Level that the shadow filter lets through at a frequency, linear. */
function levelAt(hz: number, incidenceRad: number): number {
  const input = Float32Array.from({ length: 9_600 }, (_, n) => Math.sin((2 * Math.PI * hz * n) / SAMPLE_RATE_HZ));
  const low = new Float32Array(input.length);
  new ShadowLowpass().process(input, low, 0, input.length);
  const shadow = headShadow(incidenceRad);
  const output = input.map((value, n) => shadow * value + (1 - shadow) * low[n]);
  return Math.sqrt(energyOf(output, 4_800) / energyOf(input, 4_800));
}

describe('headShadow', () => {
  it('changes high frequencies much more than low ones', () => {
    expect(levelAt(100, 0)).toBeCloseTo(1, 1);
    expect(levelAt(100, Math.PI)).toBeCloseTo(1, 1);
    expect(levelAt(8_000, 0)).toBeGreaterThan(1.8);
    expect(levelAt(8_000, (150 / 180) * Math.PI)).toBeLessThan(0.25);
  });

  it('is what the far gain says at 1 kHz', () => {
    for (const incidence of [0, 1, 2, 3]) {
      expect(Math.abs(20 * Math.log10(levelAt(1_000, incidence) / farShadowGain(headShadow(incidence))))).toBeLessThan(
        0.1,
      );
    }
  });

  it('changes without jumps around the head', () => {
    for (let incidence = 0.01; incidence <= Math.PI; incidence += 0.01) {
      expect(Math.abs(headShadow(incidence) - headShadow(incidence - 0.01))).toBeLessThan(0.02);
    }
  });
});

describe('ShadowLowpass', () => {
  it('gives silence for silence, and the same whether blocks are cut or not', () => {
    const input = Float32Array.from({ length: 960 }, (_, n) => Math.sin(n * n * 0.001));
    const whole = new Float32Array(960);
    const parts = new Float32Array(960);
    new ShadowLowpass().process(input, whole, 0, 960);
    const cut = new ShadowLowpass();
    for (let begin = 0; begin < 960; begin += 96) cut.process(input, parts, begin, 96);
    expect(Array.from(parts)).toEqual(Array.from(whole));
    const silent = new Float32Array(960);
    new ShadowLowpass().process(new Float32Array(960), silent, 0, 960);
    expect(energyOf(silent)).toBe(0);
  });
});

describe('earLevel', () => {
  it('keeps the energy of both ears together', () => {
    for (let lateral = -1; lateral <= 1; lateral += 0.1) {
      expect(earLevel(lateral) ** 2 + earLevel(-lateral) ** 2).toBeCloseTo(2, 9);
    }
  });
});
