import { describe, expect, it } from '@jest/globals';
import { Shedding } from './shedding.js';

const LEVEL_MAX = 40;

function run(shedding: Shedding, durationMs: number | (() => number), ticks: number): number[] {
  const changes: number[] = [];
  for (let tick = 0; tick < ticks; tick++) {
    const ms = typeof durationMs === 'number' ? durationMs : durationMs();
    if (shedding.tickTook(ms, 0, ms)) changes.push(shedding.level);
  }
  return changes;
}

describe('Shedding', () => {
  it('gives up nothing while the work fits, and does not mind one long tick', () => {
    const shedding = new Shedding(LEVEL_MAX);
    run(shedding, 15, 500);
    shedding.tickTook(400, 3, 400);
    run(shedding, 15, 500);
    expect(shedding.level).toBe(0);
  });

  it('keeps far voices when it is other processes that make its ticks long', () => {
    const shedding = new Shedding(LEVEL_MAX);
    for (let tick = 0; tick < 2_000; tick++) shedding.tickTook(30, tick % 3, 3 * (1 + (tick % 3)));
    expect(shedding.level).toBe(0);
    expect(shedding.load).toBeLessThan(0.6);
  });

  it('gives up quality when it is late and a good part of that is its own work', () => {
    const shedding = new Shedding(LEVEL_MAX);
    for (let tick = 0; tick < 2_000; tick++) shedding.tickTook(25, 0, 10);
    expect(shedding.level).toBe(LEVEL_MAX);
  });

  it('sees overload between the ticks: skipped ones whose time this process used itself', () => {
    const shedding = new Shedding(LEVEL_MAX);
    for (let tick = 0; tick < 200; tick++) shedding.tickTook(5, 1, 38);
    expect(shedding.level).toBeGreaterThan(0);
  });

  it('gives up step after step while it does not quite fit, and stops at the last one', () => {
    const shedding = new Shedding(LEVEL_MAX);
    const changes = run(shedding, 18.5, 4_000);
    expect(changes).toEqual(Array.from({ length: LEVEL_MAX }, (_, level) => level + 1));
    expect(shedding.load).toBeGreaterThan(0.9);
  });

  it('gives up several steps at once when it is far from fitting, all of them within three seconds', () => {
    const shedding = new Shedding(LEVEL_MAX);
    const changes = run(shedding, 30, 150);
    expect(changes.at(-1)).toBe(LEVEL_MAX);
    expect(changes.length).toBeLessThan(LEVEL_MAX / 2);
  });

  it('finds the level that fits and stays near it', () => {
    const shedding = new Shedding(LEVEL_MAX);
    // 28 ms at full quality, 8 ms with all given up: level 20 is the first to fit into 18 ms.
    const work = (): number => 28 - shedding.level / 2;
    run(shedding, work, 500);
    let [lowest, highest] = [LEVEL_MAX, 0];
    run(
      shedding,
      () => {
        lowest = Math.min(lowest, shedding.level);
        highest = Math.max(highest, shedding.level);
        return work();
      },
      5_000,
    );
    expect(lowest).toBeGreaterThanOrEqual(20);
    expect(highest).toBeLessThanOrEqual(32);
    expect(shedding.load).toBeLessThan(0.9);
  });

  it('comes back slowly, and more slowly each time that it was wrong', () => {
    const shedding = new Shedding(LEVEL_MAX);
    // With less quality the work takes 10 ms, with full quality 25 ms.
    const changes = run(shedding, () => (shedding.level === 0 ? 25 : 10), 10_000);
    expect(changes.length).toBeGreaterThan(2);
    expect(changes.length).toBeLessThan(60);
    const calm = run(shedding, 5, 4_000);
    expect(shedding.level).toBe(0);
    expect(calm.length).toBeLessThanOrEqual(2);
  });
});
