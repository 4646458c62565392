import { describe, expect, it } from '@jest/globals';
import { Plants } from './plants.js';

describe('Plants', () => {
  it('lets nobody bump into trees that are not drawn', () => {
    const plants = new Plants();
    const all = plants.obstacles;
    plants.setShare(0.3);
    const few = plants.obstacles;
    expect(few.length).toBeGreaterThan(10);
    expect(few.length).toBeLessThan(all.length * 0.4);
    const reachM = (trunks: typeof all): number => Math.max(...trunks.map(({ x, z }) => Math.hypot(x, z)));
    expect(reachM(few)).toBeLessThan(reachM(all));
    plants.setShare(1);
    expect(plants.obstacles).toEqual(all);
  });
});
