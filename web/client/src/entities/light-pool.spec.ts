import { describe, expect, it } from '@jest/globals';
import { Group, Vector3 } from 'three';
import { type LampWish, LightPool } from './light-pool.js';
import { DECISION_INTERVAL_MS, POINT_LAMPS_MAX } from './visual-limits.js';

function wishAt(x: number, reachM = 5): LampWish {
  const anchor = new Group();
  anchor.position.set(x, 0, 0);
  anchor.updateMatrixWorld();
  const form = { isSpot: false, colour: 0xffffff, intensity: 1, angleRad: 1, softness: 0, isShining: true };
  return { anchor, reachM, ...form };
}

/** Where lamps shine. */
const shining = (pool: LightPool): number[] =>
  pool.group.children
    .filter((child) => (child as unknown as { intensity: number }).intensity > 0)
    .map(({ position }) => position.x)
    .sort((a, b) => a - b);

describe('Lamps', () => {
  it('are given to the nearest wishes, and there are never more of them', () => {
    const pool = new LightPool();
    for (let x = 0; x < 20; x++) pool.add(wishAt(x));
    pool.update(new Vector3(), 0);
    expect(shining(pool)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(shining(pool)).toHaveLength(POINT_LAMPS_MAX);
  });

  it('are not taken away by lamps that are said to shine over the whole world', () => {
    const pool = new LightPool();
    pool.add(wishAt(1));
    for (let count = 0; count < 10; count++) pool.add(wishAt(500, 16_000));
    pool.update(new Vector3(), 0);
    expect(shining(pool)).toContain(1);
  });

  it('are given anew a few times in a second, and at once when there are other wishes', () => {
    const pool = new LightPool();
    for (let x = 0; x < 7; x++) pool.add(wishAt(x));
    pool.update(new Vector3(), 0);
    pool.update(new Vector3(6, 0, 0), 10);
    expect(shining(pool)).toEqual([0, 1, 2, 3, 4, 5]);
    pool.update(new Vector3(6, 0, 0), DECISION_INTERVAL_MS);
    expect(shining(pool)).toEqual([1, 2, 3, 4, 5, 6]);
    pool.add(wishAt(7));
    pool.update(new Vector3(7, 0, 0), DECISION_INTERVAL_MS + 1);
    expect(shining(pool)).toEqual([2, 3, 4, 5, 6, 7]);
  });
});
