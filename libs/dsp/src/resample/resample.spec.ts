import { describe, expect, it } from '@jest/globals';
import { Doubler } from './doubler.js';
import { HALF_TAPS } from './half-band.js';
import { StereoHalver } from './stereo-halver.js';

const RATE_HZ = 48_000;
const FRAMES = 240;
/** Long enough for a tone to be told from everything else. */
const BLOCKS = 40;
/** Samples at the beginning that the filters need to fill. */
const SETTLED = 960;

function tone(hz: number, rateHz: number, count: number, level = 0.5): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => level * Math.sin((2 * Math.PI * hz * index) / rateHz));
}

/** 24 kHz to 48 kHz, in packets. */
function doubled(input: Float64Array): Float32Array {
  const doubler = new Doubler(FRAMES);
  const output = new Float32Array(2 * input.length);
  for (let from = 0; from < input.length; from += FRAMES) {
    doubler.input.set(input.subarray(from, from + FRAMES));
    doubler.process(output, 2 * from);
  }
  return output;
}

/** 48 kHz to 24 kHz, in blocks; as parts of full scale. */
function halved(input: Float64Array): Float64Array {
  const halver = new StereoHalver(2 * FRAMES);
  const silence = new Float32Array(4 * FRAMES);
  const pcm = new Int16Array(4 * FRAMES);
  const output = new Float64Array(input.length / 2);
  for (let from = 0; from < output.length; from += 2 * FRAMES) {
    const block = Float32Array.from(input.subarray(2 * from, 2 * from + 4 * FRAMES));
    halver.process(silence, block, 1, pcm);
    if (pcm.some((sample, index) => index % 2 === 0 && sample !== 0))
      throw new Error('the left ear hears the right one');
    for (let index = 0; index < 2 * FRAMES; index++) output[from + index] = pcm[2 * index + 1] / 32_767;
  }
  return output;
}

/** What is left of a signal when its best fit of a tone is taken out, and that tone; as energies. */
function taken(signal: ArrayLike<number>, hz: number, rateHz: number): { tone: number; rest: number } {
  let sine = 0;
  let cosine = 0;
  let energy = 0;
  const count = signal.length - SETTLED;
  for (let index = SETTLED; index < signal.length; index++) {
    const angle = (2 * Math.PI * hz * index) / rateHz;
    sine += signal[index] * Math.sin(angle);
    cosine += signal[index] * Math.cos(angle);
    energy += signal[index] ** 2;
  }
  const found = (2 / count) * (sine ** 2 + cosine ** 2);
  return { tone: found, rest: Math.max(0, energy - found) };
}

const dB = (ratio: number): number => 10 * Math.log10(Math.max(ratio, 1e-15));

describe('Sound between 24 kHz and 48 kHz', () => {
  it.each([200, 1_000, 3_000, 7_000, 9_000, 10_000])('goes up at %i Hz without images', (hz) => {
    const { tone: found, rest } = taken(doubled(tone(hz, RATE_HZ / 2, BLOCKS * FRAMES)), hz, RATE_HZ);
    expect(dB(found / rest)).toBeGreaterThan(65);
    const level = Math.sqrt((2 * found) / (2 * BLOCKS * FRAMES - SETTLED));
    expect(dB(level / 0.5)).toBeCloseTo(0, 1);
  });

  it.each([200, 1_000, 3_000, 7_000, 9_000, 10_000])('goes down at %i Hz with the noise of 16 bits alone', (hz) => {
    const { tone: found, rest } = taken(halved(tone(hz, RATE_HZ, BLOCKS * 4 * FRAMES)), hz, RATE_HZ / 2);
    expect(dB(found / rest)).toBeGreaterThan(65);
  });

  it.each([14_000, 15_000, 17_000, 20_000, 23_000])('leaves nothing of %i Hz when it goes down', (hz) => {
    const output = halved(tone(hz, RATE_HZ, BLOCKS * 4 * FRAMES));
    let energy = 0;
    for (let index = SETTLED; index < output.length; index++) energy += output[index] ** 2;
    expect(dB(energy / (output.length - SETTLED) / (0.5 ** 2 / 2))).toBeLessThan(-65);
  });

  it('is late by as much as it says, and loses no sample between packets', () => {
    const input = new Float64Array(4 * FRAMES);
    input[FRAMES - 1] = 1;
    const output = doubled(input);
    expect(output.indexOf(1)).toBe(2 * (FRAMES - 1 + HALF_TAPS));
    const down = halved(Float64Array.from({ length: 8 * FRAMES }, (_, index) => (index === 4 * FRAMES - 2 ? 0.5 : 0)));
    expect(down.indexOf(Math.max(...down))).toBe(2 * FRAMES - 1 + HALF_TAPS);
  });

  it('cuts what the filter makes larger than fits', () => {
    const output = halved(Float64Array.from({ length: 16 * FRAMES }, (_, index) => (index % 40 < 20 ? 1 : -1)));
    expect(Math.max(...output)).toBe(1);
    expect(Math.min(...output)).toBeCloseTo(-32_768 / 32_767, 6);
  });
});
