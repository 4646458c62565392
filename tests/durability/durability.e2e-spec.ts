import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { everybodyLeaves } from '../e2e/support/visitor.js';
import { type DurabilityReport, DurabilityRun } from './support/durability-run.js';

/** Without other wishes the short run of every test; `npm run soak -- durability --seed=7 --minutes=30` for a long one. */
const SEED = Number(process.env.SOAK_SEED ?? 4);
const MINUTES = Number(process.env.SOAK_MINUTES ?? 0.4);
const SHARDS = Number(process.env.SOAK_SHARDS ?? 1 + (SEED % 3));
const PAGES = Number(process.env.SOAK_PAGES ?? 1);

/** A shard answers again so soon when its writer is gone and another server is there, in ms; two idle cores. */
const TAKEOVER_MS_TARGET = 1_000;
/** Half of them, on two cores that other tests share. */
const TAKEOVER_MS_MEDIAN_MAX = 3_000;

describe(`A domain in which processes are killed and frozen while people build (seed ${SEED}, ${SHARDS} shards)`, () => {
  let run: DurabilityRun;
  let report: DurabilityReport;

  beforeAll(
    async () => {
      run = await DurabilityRun.start({
        seed: SEED,
        chaosMs: MINUTES * 60_000,
        shards: SHARDS,
        authors: 8,
        pages: PAGES,
      });
      report = await run.run();
      const { verified, problems, ...shown } = report;
      const target = `target ${TAKEOVER_MS_TARGET} ms`;
      console.log(
        `durability, seed ${SEED}: ${JSON.stringify({ ...shown, snapshots: verified.snapshots.length, target })}`,
      );
      if (problems.length > 0 || process.env.SOAK_LOGS === 'keep')
        console.log(`The logs of all processes: ${run.domain.logs}`);
    },
    MINUTES * 60_000 + 180_000,
  );

  afterAll(async () => {
    await everybodyLeaves();
    await run?.stop();
  }, 60_000);

  it('keeps every promise: nothing acknowledged is lost, done twice, or seen in another order by anybody', () => {
    expect(report.problems).toEqual([]);
  });

  it('has the same state from the first event as every server has', () => {
    const { verified, counts } = report;
    expect(verified).toMatchObject({ fromSequence: 0, unreadable: 0 });
    expect(verified.records).toBeGreaterThanOrEqual(counts.records);
  });

  it('was really disturbed, and really edited', () => {
    const { counts, kills } = report;
    expect(counts.acked).toBeGreaterThan(200);
    if (PAGES > 0) expect(counts.ackedByPages).toBeGreaterThan(0);
    expect(counts.takeovers).toBeGreaterThan(0);
    expect(counts.inspections).toBeGreaterThan(0);
    expect(Object.values(kills).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(2);
  });

  it('answers again soon when the writer of a shard is gone and another server is there', () => {
    const all = [...report.takeoverMs.killed, ...report.takeoverMs.frozen].sort((a, b) => a - b);
    expect(all.length).toBeGreaterThan(0);
    expect(all[Math.floor(all.length / 2)]).toBeLessThan(TAKEOVER_MS_MEDIAN_MAX);
  });
});
