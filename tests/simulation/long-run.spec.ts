import { beforeAll, describe, expect, it } from '@jest/globals';
import { LongRun, type LongRunReport } from '../../bench/simulation/long-run.js';
import { LISTENERS_MAX, SOURCES_MAX } from '../../bench/simulation/simulated-mixer.js';

/** How much may be in use at the end more than after a sixth of the time, in MiB: what people who are here need varies. */
const GROWTH_MIB_MAX = 3;

/**
 * An hour of 100 people with a cheap codec. In each minute they may talk for less than two seconds only, which makes
 * the other ones cheap to simulate; `npm run bench -- soak` lets them talk all the time, with the real codec, for as long as one likes.
 */
describe('An hour of people coming, going, walking and talking', () => {
  let report: LongRunReport;

  beforeAll(async () => {
    report = await new LongRun({
      seed: 7,
      people: 100,
      minutes: 60,
      talkMsPerMinute: 1_600,
      loss: 0.03,
      jitterMs: 15,
      memoryEveryMinutes: 10,
    }).run();
  }, 600_000);

  it('has everybody served: who is near somebody talking gets every mix', () => {
    expect(report.visits).toBeGreaterThan(500);
    expect(report.looks).toBeGreaterThan(2_500);
    expect(report.starvedLooks).toBe(0);
    expect(report.failedTicks).toBe(0);
  });

  it('puts nothing into any mix that is no number', () => {
    expect(report.mixesMade).toBeGreaterThan(50_000);
    expect(report.brokenMixes).toBe(0);
  });

  it('needs no more memory at its end than after a sixth of it', () => {
    const [first, ...later] = report.memory.map(({ reading }) => reading);
    const last = later[later.length - 1];
    expect(later).toHaveLength(5);
    expect(last.heap - first.heap).toBeLessThan(GROWTH_MIB_MAX);
    expect(last.external - first.external).toBeLessThan(GROWTH_MIB_MAX);
  });

  it('leaves nothing behind when everybody has gone: no listener, no voice, no coder, no slot', () => {
    expect(report.atTheEnd).toEqual({ listeners: 0, sources: 0, decoders: 0, encoders: 0 });
    expect(report.freeSlots).toEqual({ sources: SOURCES_MAX, listeners: LISTENERS_MAX });
  });
});
