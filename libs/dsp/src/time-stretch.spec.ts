import { describe, expect, it } from '@jest/globals';
import { SampleQueue } from './sample-queue.js';
import { lengthen, shorten } from './time-stretch.js';

function toneQueue(hz: number, frames: number): SampleQueue {
  const queue = new SampleQueue(8_000);
  for (let n = 0; n < frames; n++) queue.samples[n] = 0.5 * Math.sin((2 * Math.PI * hz * n) / 48_000);
  queue.count = frames;
  return queue;
}

function steepest(queue: SampleQueue): number {
  let steepestStep = 0;
  for (let n = 1; n < queue.count; n++) {
    const step = Math.abs(queue.samples[queue.begin + n] - queue.samples[queue.begin + n - 1]);
    if (step > steepestStep) steepestStep = step;
  }
  return steepestStep;
}

describe.each([110, 220, 440, 1_000])('time stretch of a tone of %i Hz', (hz) => {
  const natural = 0.5 * 2 * Math.PI * (hz / 48_000);

  it('takes out whole periods without a click', () => {
    const queue = toneQueue(hz, 3_000);
    const removed = shorten(queue, 720, false);
    expect(removed).toBeGreaterThanOrEqual(120);
    expect(queue.count).toBe(3_000 - removed);
    expect(steepest(queue)).toBeLessThan(1.3 * natural);
    expect(queue.samples[queue.begin]).toBeCloseTo(0, 1);
  });

  it('repeats whole periods without a click', () => {
    const queue = toneQueue(hz, 3_000);
    const added = lengthen(queue, 720, false);
    expect(added).toBeGreaterThanOrEqual(120);
    expect(queue.count).toBe(3_000 + added);
    expect(steepest(queue)).toBeLessThan(1.3 * natural);
  });
});

describe('time stretch', () => {
  it('leaves noise alone unless it has to act', () => {
    const queue = new SampleQueue(4_000);
    let seed = 1;
    for (let n = 0; n < 2_000; n++) {
      seed = (seed * 48_271) % 2_147_483_647;
      queue.samples[n] = seed / 2_147_483_647 - 0.5;
    }
    queue.count = 2_000;
    expect(shorten(queue, 720, false)).toBe(0);
    expect(shorten(queue, 720, true)).toBeGreaterThan(0);
  });

  it('cuts silence wherever it likes', () => {
    const queue = new SampleQueue(4_000);
    queue.count = 2_000;
    expect(shorten(queue, 700, false)).toBe(700);
    expect(queue.count).toBe(1_300);
  });
});
