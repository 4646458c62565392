import { describe, expect, it } from '@jest/globals';
import type { Quat, Vec3 } from '@vicinity/sdk';
import { besideIt, COPY_GAP_M } from './beside.js';

const turnedBy = (yaw: number): Quat => ({ x: 0, y: Math.sin(yaw / 2), z: 0, w: Math.cos(yaw / 2) });
const position: Vec3 = { x: 3, y: 0.5, z: -2 };
const place = (yaw = 0) => ({ position, rotation: turnedBy(yaw) });
const BOX: Vec3 = { x: 1, y: 1, z: 1 };

describe('A copy', () => {
  it('stands at the right of the original, by its width and a small gap', () => {
    const { x, y, z } = besideIt(place(), BOX, 0, 0);
    expect(x).toBeCloseTo(3 + 1 + COPY_GAP_M);
    expect([y, z]).toEqual([0.5, expect.closeTo(-2)]);
  });

  it('is at the right of whoever looks, and what counts is the extent along that way', () => {
    const { x, z } = besideIt(place(), { x: 1, y: 1, z: 4 }, Math.PI / 2, 0);
    expect(x).toBeCloseTo(3);
    expect(z).toBeCloseTo(-2 - 4 - COPY_GAP_M);
  });

  it('of what is turned is as far away as that is wide', () => {
    expect(besideIt(place(Math.PI / 4), BOX, 0, 0).x).toBeCloseTo(3 + Math.SQRT2 + COPY_GAP_M);
    expect(besideIt(place(Math.PI / 2), { x: 1, y: 1, z: 4 }, 0, 0).x).toBeCloseTo(3 + 4 + COPY_GAP_M);
  });

  it.each([0.05, 0.25, 0.5, 1])('stays on a grid of %d m, and does not touch the original', (stepM) => {
    const { x, z } = besideIt(place(), BOX, 0.3, stepM);
    const steps = (x - 3) / stepM;
    expect(steps).toBeCloseTo(Math.round(steps));
    expect(x - 3).toBeGreaterThanOrEqual(1 + COPY_GAP_M - 1e-6);
    expect(x - 3).toBeLessThan(1 + COPY_GAP_M + stepM);
    expect(z).toBe(-2);
  });
});
