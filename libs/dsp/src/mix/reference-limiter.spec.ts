import { SeededRandom } from '@app/testing';
import { BLOCK_FRAMES } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import { Limiter } from '../limiter.js';
import { ReferenceLimiter } from './reference-limiter.js';

describe('ReferenceLimiter', () => {
  it.each([0.5, 1, 3, 40])('does what the limiter of one listener does, at level %d', (level) => {
    const random = new SeededRandom(level * 10);
    const limiter = new Limiter();
    const reference = new ReferenceLimiter();
    for (let block = 0; block < 30; block++) {
      // Loud and quiet blocks, so that it attacks and releases.
      const gain = block % 10 < 3 ? level : 0.1;
      const planar = Float32Array.from({ length: 2 * BLOCK_FRAMES }, () => gain * (random.next() * 2 - 1));
      const exact = Float64Array.from(planar);
      limiter.process(planar);
      reference.process(exact);
      for (let index = 0; index < planar.length; index++) {
        if (!(Math.abs(planar[index] - exact[index]) < 1e-6)) throw new Error(`block ${block}, sample ${index}`);
      }
      expect(limiter.isIdle).toBe(reference.gain === 1);
    }
  });

  it('passes on what is not too loud, and makes silence of what is no number', () => {
    const planar = new Float64Array(2 * BLOCK_FRAMES).fill(0.3);
    planar[5] = NaN;
    const limiter = new ReferenceLimiter();
    limiter.process(planar);
    expect(planar[5]).toBe(0);
    planar[5] = 0.3;
    expect(planar.every((value) => value === 0.3)).toBe(true);
    expect(limiter.gain).toBe(1);
  });
});
