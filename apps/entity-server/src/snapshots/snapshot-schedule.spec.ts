import { describe, expect, it } from '@jest/globals';
import { DEFAULT_TIERS, dueTiers, obsoleteSnapshots, readTiers, type ScheduledSnapshot } from './snapshot-schedule.js';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** What the schedule leaves of `durationMs` in which something has changed all the time. */
function roll(durationMs: number, stepMs: number): ScheduledSnapshot[] {
  let kept: ScheduledSnapshot[] = [];
  for (let nowMs = Date.UTC(2026, 0, 1), endMs = nowMs + durationMs; nowMs <= endMs; nowMs += stepMs) {
    const due = dueTiers(DEFAULT_TIERS, kept, nowMs).map(({ name }) => name);
    if (due.length === 0) continue;
    kept.push({ sequence: nowMs / MINUTE_MS, madeAtMs: nowMs, tiers: due });
    const obsolete = obsoleteSnapshots(DEFAULT_TIERS, kept);
    kept = kept.filter((snapshot) => !obsolete.includes(snapshot));
  }
  return kept;
}

describe('The rolling schedule of snapshots', () => {
  it('makes the first one for every tier', () => {
    expect(dueTiers(DEFAULT_TIERS, [], 10 * DAY_MS * 365)).toEqual(DEFAULT_TIERS);
  });

  it('keeps as many of each tier as it should, for years', () => {
    const kept = roll(800 * DAY_MS, 30 * MINUTE_MS);
    const countOf = (name: string): number => kept.filter(({ tiers }) => tiers.includes(name)).length;
    expect(countOf('half-hourly')).toBeGreaterThanOrEqual(5);
    expect(countOf('daily')).toBeGreaterThanOrEqual(7);
    expect(countOf('weekly')).toBeGreaterThanOrEqual(4);
    expect(countOf('monthly')).toBe(12);
    expect(kept.length).toBeLessThanOrEqual(5 + 7 + 4 + 12);
    const newestMs = Math.max(...kept.map(({ madeAtMs }) => madeAtMs));
    expect(newestMs - Math.min(...kept.map(({ madeAtMs }) => madeAtMs))).toBeGreaterThan(320 * DAY_MS);
  });

  it('never deletes what a person has named, nor the newest two', () => {
    const snapshots = [
      { sequence: 1, madeAtMs: 1, tiers: [], label: 'opening night' },
      { sequence: 2, madeAtMs: 2, tiers: [] },
      { sequence: 3, madeAtMs: 3, tiers: [] },
      { sequence: 4, madeAtMs: 4, tiers: [] },
    ];
    expect(obsoleteSnapshots([], snapshots).map(({ sequence }) => sequence)).toEqual([2]);
  });

  it.each([
    [{}],
    [[{}]],
    [[{ name: 'a', everyMinutes: 0, keepCount: 1 }]],
    [[{ name: 'a', everyMinutes: 1.5, keepCount: 1 }]],
    [[{ name: 'a', everyMinutes: 1, keepCount: -1 }]],
    [[{ name: 'A b', everyMinutes: 1, keepCount: 1 }]],
    [
      [
        { name: 'a', everyMinutes: 1, keepCount: 1 },
        { name: 'a', everyMinutes: 1, keepCount: 1 },
      ],
    ],
    [[null]],
  ])('is refused as %j', (json) => {
    expect(readTiers(json)).toHaveProperty('problem');
  });
});
