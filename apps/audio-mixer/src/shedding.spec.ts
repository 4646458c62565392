import { describe, expect, it } from '@jest/globals';
import { qualityOf, Shedding, SHEDDING_LEVELS } from './shedding.js';

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
    const shedding = new Shedding();
    run(shedding, 15, 500);
    shedding.tickTook(400, 3, 400);
    run(shedding, 15, 500);
    expect(shedding.level).toBe(0);
  });

  it('keeps far voices when it is other processes that make its ticks long', () => {
    const shedding = new Shedding();
    for (let tick = 0; tick < 2_000; tick++) shedding.tickTook(30, tick % 3, 3 * (1 + (tick % 3)));
    expect(shedding.level).toBe(0);
    expect(shedding.load).toBeLessThan(0.6);
  });

  it('gives up quality when it is late and a good part of that is its own work', () => {
    const shedding = new Shedding();
    for (let tick = 0; tick < 2_000; tick++) shedding.tickTook(25, 0, 10);
    expect(shedding.level).toBe(SHEDDING_LEVELS.length - 1);
  });

  it('sees overload between the ticks: skipped ones whose time this process used itself', () => {
    const shedding = new Shedding();
    for (let tick = 0; tick < 200; tick++) shedding.tickTook(5, 1, 38);
    expect(shedding.level).toBeGreaterThan(0);
  });

  it('gives up step after step while it does not fit, and stops at the last one', () => {
    const shedding = new Shedding();
    const changes = run(shedding, 25, 2_000);
    expect(changes).toEqual(SHEDDING_LEVELS.map((_, level) => level).slice(1));
    expect(shedding.load).toBeGreaterThan(1);
  });

  it('gives far voices up before near ones, and never the nearest four', () => {
    let before = qualityOf(0, { nearSourcesMax: 16, sourcesMax: 1_000 });
    expect(before).toEqual({ nearSourcesMax: 16, farSourcesMax: 1_000 });
    for (let level = 1; level < SHEDDING_LEVELS.length; level++) {
      const now = qualityOf(level, { nearSourcesMax: 16, sourcesMax: 1_000 });
      expect(now.farSourcesMax).toBeLessThanOrEqual(before.farSourcesMax);
      expect(now.nearSourcesMax).toBeLessThanOrEqual(before.nearSourcesMax);
      if (now.nearSourcesMax < 16) expect(now.farSourcesMax).toBeLessThanOrEqual(12);
      expect(now.nearSourcesMax).toBeGreaterThanOrEqual(4);
      before = now;
    }
  });

  it('comes back slowly, and more slowly each time that it was wrong', () => {
    const shedding = new Shedding();
    // With less quality the work takes 10 ms, with full quality 25 ms.
    const changes = run(shedding, () => (shedding.level === 0 ? 25 : 10), 10_000);
    expect(changes.length).toBeGreaterThan(2);
    expect(changes.length).toBeLessThan(60);
    const calm = run(shedding, 5, 4_000);
    expect(shedding.level).toBe(0);
    expect(calm.length).toBeLessThanOrEqual(1);
  });
});
