import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { farthestOf, nearestOf, SpatialGrid } from './spatial-grid.js';

const coordinate = fc.oneof(
  fc.double({ min: -50, max: 50, noNaN: true }),
  fc.double({ min: -9e4, max: 9e4, noNaN: true }),
);
const sphere = fc.record({
  x: coordinate,
  y: coordinate,
  z: coordinate,
  radius: fc.constantFrom(0, 0.01, 3, 70, 10_000),
});

describe('SpatialGrid', () => {
  it('finds everything within reach, wherever it was moved, and vouches for where it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(40), sphere), { maxLength: 120 }),
        fc.array(fc.nat(40), { maxLength: 10 }),
        sphere,
        fc.double({ min: 0, max: 20_000, noNaN: true }),
        (moves, removed, { x, y, z }, reachM) => {
          const grid = new SpatialGrid();
          grid.grow(41);
          const there = new Set<number>();
          for (const [slot, to] of moves) {
            grid.place(slot, to.x, to.y, to.z, to.radius);
            there.add(slot);
          }
          for (const slot of removed) {
            grid.remove(slot);
            there.delete(slot);
          }
          const found: number[] = [];
          grid.visit(x, y, z, reachM, (cell) => {
            for (const slot of cell.slots.subarray(0, cell.count)) {
              found.push(slot);
              const distanceM = Math.hypot(grid.x[slot] - x, grid.y[slot] - y, grid.z[slot] - z);
              expect(nearestOf(cell, x, y, z)).toBeLessThanOrEqual(Math.max(0, distanceM - grid.radius[slot]) + 1e-6);
              expect(farthestOf(cell, x, y, z)).toBeGreaterThanOrEqual(distanceM + grid.radius[slot] - 1e-6);
            }
          });
          expect(new Set(found).size).toBe(found.length);
          for (const slot of there) {
            const distanceM = Math.hypot(grid.x[slot] - x, grid.y[slot] - y, grid.z[slot] - z) - grid.radius[slot];
            if (distanceM <= reachM) expect(found).toContain(slot);
          }
          expect(found.every((slot) => there.has(slot))).toBe(true);
        },
      ),
    );
  });

  it('brings absurd numbers into range', () => {
    const grid = new SpatialGrid();
    grid.grow(4);
    grid.place(0, NaN, Infinity, -Infinity, NaN);
    grid.place(1, 1e300, 0, 0, 1e300);
    expect([grid.x[0], grid.y[0], grid.z[0], grid.radius[0]]).toEqual([0, 60_000, -60_000, 0]);
    expect([grid.x[1], grid.radius[1]]).toEqual([60_000, 32_768]);
  });
});
