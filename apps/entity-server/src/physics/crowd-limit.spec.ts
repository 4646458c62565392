import { describe, expect, it } from '@jest/globals';
import type { Ball } from './ball-index.js';
import { countNeighbours } from './crowd-count.js';
import { type CrowdBody, CrowdLimit, NEIGHBOURS_MAX } from './crowd-limit.js';

const ball = (x: number, y = 0, z = 0, radiusM = 1): Ball => ({ centre: { x, y, z }, radiusM });
/** So many bodies at one place. */
const pile = (count: number, x = 0): CrowdBody[] =>
  Array.from({ length: count }, (_, n) => ({ ...ball(x), id: `${x}/${n}`, isHeld: false }));
const check = (limit: CrowdLimit, bodies: CrowdBody[]) => {
  limit.handleChanged();
  return limit.check(
    () => bodies,
    () => [],
  );
};

describe('Neighbours', () => {
  it('are those of all sizes that are at the same place, and what stands there', () => {
    const bodies = [ball(0), ball(0), ball(0, 0, 0, 0.1), ball(5_000)];
    expect(countNeighbours(bodies, [])).toEqual([2, 2, 2, 0]);
    expect(countNeighbours(bodies, [ball(0, 0, 0, 0.01), ball(0, 0, 0, 300)])).toEqual([4, 4, 4, 0]);
  });

  it('are few in a heap of things that do not stand in each other', () => {
    // Boxes of a metre, and the balls around them.
    const heap = Array.from({ length: 1_000 }, (_, n) =>
      ball(n % 10, Math.floor(n / 100), Math.floor(n / 10) % 10, Math.sqrt(3) / 2),
    );
    const counts = countNeighbours(heap, []);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThan(NEIGHBOURS_MAX);
  });
});

describe('A crowd', () => {
  it('of more than the engine can bear stands still but for some; nobody else does', () => {
    const limit = new CrowdLimit();
    const bodies = [...pile(1_000), ...pile(20, 500)];
    const { stopped } = check(limit, bodies);
    const moving = 1_020 - stopped.length;
    expect(moving * 999).toBeLessThanOrEqual(NEIGHBOURS_MAX + 20 * 999);
    expect(stopped.every((id) => id.startsWith('0/'))).toBe(true);
    // Those that move go on moving.
    expect(check(limit, bodies)).toEqual({ stopped: [], freed: [] });
  });

  it('moves again when others are gone, and what clients hold never stops', () => {
    const limit = new CrowdLimit();
    const held = { ...ball(0), id: 'held', isHeld: true };
    const { stopped } = check(limit, [...pile(1_000), held]);
    expect(stopped).not.toContain('held');
    expect(check(limit, pile(100)).freed.length).toBeGreaterThan(50);
  });

  it('gets smaller while steps are slow, and larger when they have been quick for a while', () => {
    const limit = new CrowdLimit();
    const bodies = pile(100);
    expect(check(limit, bodies).stopped).toEqual([]);
    for (let step = 0; step < 4; step++) limit.noteStep(80);
    limit.noteStep(1);
    expect(check(limit, bodies).stopped).toEqual([]);
    for (let step = 0; step < 5; step++) limit.noteStep(80);
    expect(check(limit, bodies).stopped).toHaveLength(50);
    for (let step = 0; step < 5; step++) limit.noteStep(80);
    expect(check(limit, bodies).stopped).toHaveLength(25);
    for (let step = 0; step < 1_200; step++) limit.noteStep(1);
    expect(check(limit, bodies).freed).toHaveLength(75);
  });
});
