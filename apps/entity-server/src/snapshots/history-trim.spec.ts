import { describe, expect, it } from '@jest/globals';
import { type LogExtent, planTrim } from './history-trim.js';

const log = (extent: Partial<LogExtent> = {}): LogExtent => ({
  firstSequence: 1,
  lastSequence: 1_000,
  sizeBytes: 100_000,
  oldSequence: 0,
  ...extent,
});
const at = (...sequences: number[]): { sequence: number }[] => sequences.map((sequence) => ({ sequence }));

describe('What a log forgets', () => {
  it.each([
    ['nothing without limits', log(), at(500, 900), 0, 0, false],
    ['nothing while there is room', log(), at(500, 900), 100_000, 0, false],
    ['what is too much', log(), at(500, 900), 80_000, 201, false],
    ['what is too much, but only before the second newest snapshot', log(), at(100, 900), 50_000, 101, false],
    ['nothing that has no two snapshots', log(), at(900), 50_000, 0, false],
    ['nothing without snapshots, of which one is needed then', log(), [], 50_000, 0, true],
    ['what is too old', log({ oldSequence: 300 }), at(500, 900), 0, 301, false],
    ['what is too old, but no more than snapshots have', log({ oldSequence: 700 }), at(500, 900), 0, 501, false],
    ['more of it with one more snapshot', log({ oldSequence: 950 }), at(500, 900), 0, 501, true],
    ['never the last record', log({ oldSequence: 1_000 }), at(1_000, 1_000), 1, 1_000, false],
    ['nothing of an empty log', log({ firstSequence: 1_001 }), at(1_000), 10, 0, false],
    ['nothing twice', log({ firstSequence: 501, oldSequence: 700 }), at(500, 900), 0, 0, false],
  ])('%s', (_what, extent, snapshots, bytesMax, trimBefore, needsSnapshot) => {
    expect(planTrim(extent, snapshots, bytesMax)).toEqual({ trimBefore, needsSnapshot });
  });

  it('keeps a log that grows for ever within its limit, and never what is in fewer than two snapshots', () => {
    const snapshots: { sequence: number }[] = [];
    let extent = log({ lastSequence: 0, sizeBytes: 0 });
    let bytesMax = 0;
    for (let round = 0; round < 500; round++) {
      const { firstSequence } = extent;
      const lastSequence = extent.lastSequence + 20;
      extent = log({ firstSequence, lastSequence, sizeBytes: 100 * (lastSequence - firstSequence + 1) });
      const plan = planTrim(extent, snapshots, 20_000);
      if (plan.needsSnapshot) snapshots.push({ sequence: lastSequence });
      if (plan.trimBefore === 0) continue;
      expect(plan.trimBefore).toBeLessThanOrEqual(snapshots.at(-2)!.sequence + 1);
      extent = { ...extent, firstSequence: plan.trimBefore };
      bytesMax = Math.max(bytesMax, 100 * (extent.lastSequence - extent.firstSequence + 1));
    }
    expect(bytesMax).toBeGreaterThan(15_000);
    expect(bytesMax).toBeLessThanOrEqual(24_000);
  });
});
