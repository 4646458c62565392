import { BLOCK_FRAMES } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ReferenceLimiter } from './reference-limiter.js';

function toneBlock(amplitude: number, block: number): Float64Array {
  return Float64Array.from({ length: 2 * BLOCK_FRAMES }, (_, index) => {
    const frame = (index % BLOCK_FRAMES) + block * BLOCK_FRAMES;
    return amplitude * Math.sin(frame * 0.06);
  });
}

describe('ReferenceLimiter', () => {
  it('passes on what is not too loud, bit by bit', () => {
    const block = toneBlock(0.88, 0);
    const before = Array.from(block);
    const limiter = new ReferenceLimiter();
    limiter.process(block);
    expect(Array.from(block)).toEqual(before);
    expect(limiter.gain).toBe(1);
  });

  it('makes silence of what is no number, also in a block that needs no limiting', () => {
    const block = new Float64Array(2 * BLOCK_FRAMES).fill(0.3);
    block[7] = NaN;
    const limiter = new ReferenceLimiter();
    limiter.process(block);
    expect(block[7]).toBe(0);
    block[7] = 0.3;
    expect(block.every((value) => value === 0.3)).toBe(true);
    expect(limiter.gain).toBe(1);
  });

  it('lets no sample above 1, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 1, max: 5 }),
        (values, blocks) => {
          const limiter = new ReferenceLimiter();
          for (let count = 0; count < blocks; count++) {
            const block = Float64Array.from({ length: 2 * BLOCK_FRAMES }, (_, n) => values[(n * 7) % values.length]);
            limiter.process(block);
            expect(block.every((value) => Math.abs(value) <= 1)).toBe(true);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('turns a loud tone down smoothly, and up again after it', () => {
    const limiter = new ReferenceLimiter();
    let last = 0;
    for (let count = 0; count < 10; count++) {
      const block = toneBlock(2, count);
      limiter.process(block);
      for (let frame = 0; frame < BLOCK_FRAMES; frame++) {
        expect(Math.abs(block[frame] - last)).toBeLessThan(0.14);
        last = block[frame];
      }
    }
    let blocks = 0;
    while (limiter.gain < 1 && blocks < 500) limiter.process(toneBlock(0.1, blocks++));
    expect(blocks).toBeGreaterThan(5);
    expect(limiter.gain).toBe(1);
  });
});
