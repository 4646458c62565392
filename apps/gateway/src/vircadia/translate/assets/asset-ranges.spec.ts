import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assetRanges } from './asset-ranges.js';

describe('the bytes that an AssetGet asks for', () => {
  it.each([
    [0, 0, [[0, 100]]],
    [0, 30, [[0, 30]]],
    [20, 30, [[20, 30]]],
    [30, 30, []],
    [-10, 0, [[90, 100]]],
    [
      -10,
      5,
      [
        [90, 100],
        [0, 5],
      ],
    ],
    [
      -100,
      100,
      [
        [0, 100],
        [0, 100],
      ],
    ],
    [30, 20, undefined],
    [-101, 0, undefined],
    [0, 101, undefined],
    [101, 102, undefined],
    [-20, -10, undefined],
  ])('%i to %i', (start, end, expected) => {
    expect(assetRanges(start, end, 100)?.map((range) => [range.start, range.end])).toEqual(expected);
  });

  it('are within the file, and as many as announced', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.nat(), (start, end, sizeBytes) => {
        const ranges = assetRanges(start, end, sizeBytes) ?? [];
        for (const range of ranges) {
          expect(range.start).toBeGreaterThanOrEqual(0);
          expect(range.end).toBeGreaterThan(range.start);
          expect(range.end).toBeLessThanOrEqual(sizeBytes);
        }
      }),
    );
  });
});
