import { BLOCK_FRAMES, REVERB_DECAY_S_MAX, REVERB_DECAY_S_MIN, SAMPLE_RATE_HZ } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '@app/testing';
import fc from 'fast-check';
import { ReferenceReverb } from './reference-reverb.js';
import { REVERB_DELAYS, reverbParameters } from './reverb-parameters.js';

type Signal = (frame: number, ear: number) => number;

/** What the reverb alone adds, ears one behind the other, `blocks` blocks each. */
function reverberate(decayS: number, blocks: number, signal: Signal): [Float64Array, Float64Array] {
  const reverb = new ReferenceReverb();
  const parameters = reverbParameters(decayS);
  const ears: [Float64Array, Float64Array] = [0, 1].map(() => new Float64Array(blocks * BLOCK_FRAMES)) as never;
  for (let block = 0; block < blocks; block++) {
    const begin = block * BLOCK_FRAMES;
    const dry = Float64Array.from({ length: 2 * BLOCK_FRAMES }, (_, index) => {
      return signal(begin + (index % BLOCK_FRAMES), index < BLOCK_FRAMES ? 0 : 1);
    });
    const both = dry.slice();
    reverb.process(both, parameters, 1, 1);
    both.forEach((value, index) => {
      ears[index < BLOCK_FRAMES ? 0 : 1][begin + (index % BLOCK_FRAMES)] = value - dry[index];
    });
  }
  return ears;
}

/** Noise below about 500 Hz, where voices have most of their energy and the lines' damping takes nothing. */
function voiceNoise(seed: number, frames: number): Float64Array {
  const random = new SeededRandom(seed);
  const values = new Float64Array(frames);
  let first = 0;
  let second = 0;
  for (let frame = 0; frame < frames; frame++) {
    first += 0.06 * (random.next() - 0.5 - first);
    second += 0.06 * (first - second);
    values[frame] = second;
  }
  return values;
}

const energyOf = (values: Float64Array, begin = 0, end = values.length): number => {
  return values.subarray(begin, end).reduce((sum, value) => sum + value * value, 0);
};

/** Time from -5 to -35 dB of the energy that is still to come, times two: RT60 after M. R. Schroeder. */
function decayTimeS(response: Float64Array): number {
  const rest = new Float64Array(response.length + 1);
  for (let frame = response.length - 1; frame >= 0; frame--) rest[frame] = rest[frame + 1] + response[frame] ** 2;
  const at = (level: number): number => rest.findIndex((value) => value < rest[0] * 10 ** (level / 10));
  return (2 * (at(-35) - at(-5))) / SAMPLE_RATE_HZ;
}

describe('ReferenceReverb', () => {
  it.each([0.4, 1, 3])('decays by 60 dB within the time that was asked for: %d s', (decayS) => {
    // A burst of low noise instead of a click, because the time is that of low frequencies.
    const burst = voiceNoise(5, 960);
    const [left, right] = reverberate(decayS, Math.ceil(75 * decayS) + 10, (frame) => burst[frame] ?? 0);
    expect(decayTimeS(left) / decayS).toBeGreaterThan(0.9);
    expect(decayTimeS(left) / decayS).toBeLessThan(1.1);
    expect(decayTimeS(right) / decayS).toBeGreaterThan(0.9);
    expect(decayTimeS(right) / decayS).toBeLessThan(1.1);
  });

  it.each([0.4, 1, 2.5])('is as loud as a steady voice when its level is 1: %d s', (decayS) => {
    const blocks = 250;
    const dry = voiceNoise(7, blocks * BLOCK_FRAMES);
    const wet = reverberate(decayS, blocks, (frame) => dry[frame]);
    const settled = dry.length / 2;
    for (const ear of wet) {
      const ratioDb = 10 * Math.log10(energyOf(ear, settled) / energyOf(dry, settled));
      expect(Math.abs(ratioDb)).toBeLessThan(1.5);
    }
  });

  it('tells the ears different things, also about a voice in the middle', () => {
    const dry = voiceNoise(9, 200 * BLOCK_FRAMES);
    const [left, right] = reverberate(1.5, 200, (frame) => dry[frame]);
    for (let lag = -40; lag <= 40; lag += 4) {
      let product = 0;
      for (let frame = 40; frame < left.length - 40; frame++) product += left[frame] * right[frame + lag];
      expect(Math.abs(product) / Math.sqrt(energyOf(left) * energyOf(right))).toBeLessThan(0.2);
    }
  });

  it('answers a click in one ear after 25 ms, and not before', () => {
    const [left, right] = reverberate(1, 4, (frame, ear) => (frame === 10 && ear === 0 ? 1 : 0));
    const first = 10 + Math.min(...REVERB_DELAYS);
    expect(left.findIndex((value) => value !== 0)).toBe(first);
    expect(right.findIndex((value) => value !== 0)).toBe(first);
  });

  it('stays bounded at every decay time, whatever comes and however often it changes', () => {
    const decays = fc.array(fc.double({ min: REVERB_DECAY_S_MIN, max: REVERB_DECAY_S_MAX, noNaN: true }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(decays, fc.integer(), (times, seed) => {
        const random = new SeededRandom(seed);
        const reverb = new ReferenceReverb();
        for (let block = 0; block < 60; block++) {
          const planar = Float64Array.from({ length: 2 * BLOCK_FRAMES }, () => random.next() * 2 - 1);
          reverb.process(planar, reverbParameters(times[block % times.length]), 1, 1);
        }
        const loud = reverb.tailPeak;
        expect(loud).toBeLessThan(30);
        for (let block = 0; block < 60; block++) {
          reverb.process(new Float64Array(2 * BLOCK_FRAMES), reverbParameters(times[block % times.length]), 1, 1);
        }
        expect(reverb.tailPeak).toBeLessThan(loud);
      }),
      { numRuns: 4 },
    );
  });

  it('changes its decay time without a step', () => {
    const run = (even: number, odd: number): Float64Array => {
      const reverb = new ReferenceReverb();
      let frames: number[] = [];
      for (let block = 0; block < 60; block++) {
        const planar = Float64Array.from({ length: 2 * BLOCK_FRAMES }, (_, index) => {
          return 0.5 * Math.sin(((index % BLOCK_FRAMES) + block * BLOCK_FRAMES) * 0.02);
        });
        reverb.process(planar, reverbParameters(block % 2 === 1 ? odd : even), 1, 1);
        frames = frames.concat(Array.from(planar.subarray(0, BLOCK_FRAMES)));
      }
      return Float64Array.from(frames);
    };
    // A step shows in the second difference, where a low tone has next to nothing.
    const roughest = (values: Float64Array): number => {
      let most = 0;
      for (let frame = 2; frame < values.length; frame++) {
        most = Math.max(most, Math.abs(values[frame] - 2 * values[frame - 1] + values[frame - 2]));
      }
      return most;
    };
    // 0.01 is -40 dBFS, for changes fifty times a second.
    expect(roughest(run(0.5, 3))).toBeLessThan(0.01);
  });

  it('falls silent exactly, and does nothing then', () => {
    const reverb = new ReferenceReverb();
    const parameters = reverbParameters(0.3);
    const click = new Float64Array(2 * BLOCK_FRAMES);
    click[0] = 0.5;
    reverb.process(click, parameters, 1, 1);
    expect(reverb.tailPeak).toBeGreaterThan(0);
    const silence = new Float64Array(2 * BLOCK_FRAMES);
    let blocks = 0;
    while (reverb.tailPeak > 0 && blocks++ < 100) reverb.process(silence.fill(0), parameters, 1, 1);
    expect(blocks).toBeLessThan(50);
    reverb.process(silence.fill(0), parameters, 1, 1);
    expect(silence.every((value) => value === 0)).toBe(true);
  });

  it.each([NaN, Infinity, -Infinity, 1e308])('is clear again after %d', (bad) => {
    const reverb = new ReferenceReverb();
    const parameters = reverbParameters(2);
    for (let block = 0; block < 6; block++) {
      reverb.process(new Float64Array(2 * BLOCK_FRAMES).fill(block === 2 ? bad : 0.1), parameters, 1, 1);
      if (block < 2) expect(reverb.tailPeak).toBeGreaterThan(0);
    }
    expect(Number.isFinite(reverb.tailPeak)).toBe(true);
    const after = new Float64Array(2 * BLOCK_FRAMES);
    reverb.process(after, parameters, 1, 1);
    expect(after.every(Number.isFinite)).toBe(true);
  });
});

describe('reverbParameters', () => {
  it('uses line lengths that share no factor', () => {
    for (const delay of REVERB_DELAYS) {
      for (let factor = 2; factor * factor <= delay; factor++) expect(delay % factor).not.toBe(0);
    }
    expect(new Set(REVERB_DELAYS).size).toBe(REVERB_DELAYS.length);
  });

  it('gives gains below 1 and a damping in [0, 1) for every time, also for impossible ones', () => {
    for (const decayS of [-1, 0, 0.05, 0.1, 0.5, 1, 3, 20, 1e9, Infinity]) {
      const [...words] = reverbParameters(decayS);
      for (const gain of words.slice(0, 8)) expect(gain > 0 && gain < 1).toBe(true);
      expect(words[8] >= 0 && words[8] < 1).toBe(true);
      expect(words[9]).toBeGreaterThan(0);
    }
  });
});
