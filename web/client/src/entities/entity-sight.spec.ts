import { describe, expect, it } from '@jest/globals';
import { chooseInSight } from './entity-sight.js';

describe('What is drawn', () => {
  it('leaves out what is too small to be seen, and nothing else while there is room', () => {
    const things = [
      { distanceM: 5, radiusM: 1 },
      { distanceM: 800, radiusM: 0.5 },
      { distanceM: 800, radiusM: 40 },
    ];
    expect(chooseInSight(things, 10)).toEqual([0, 2]);
  });

  it('prefers what seems largest when there is too much', () => {
    const things = Array.from({ length: 100 }, (_, index) => ({ distanceM: 1 + index, radiusM: 0.5 }));
    expect(chooseInSight(things, 3).sort()).toEqual([0, 1, 2]);
  });

  it('always has what the viewer stands in', () => {
    const things = [
      { distanceM: 1, radiusM: 0.99 },
      { distanceM: 300, radiusM: 400 },
    ];
    expect(chooseInSight(things, 1)).toEqual([1]);
  });
});
