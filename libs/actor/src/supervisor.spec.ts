import { describe, expect, it } from '@jest/globals';
import { OneForOneSupervisor } from './supervisor.js';

const POLICY = { restartsMax: 3, windowMs: 1_000, delayMs: 10, delayMsMax: 25 };

describe('OneForOneSupervisor', () => {
  it('doubles the pause up to its maximum, then gives up', () => {
    const supervisor = new OneForOneSupervisor(POLICY);
    expect([1, 2, 3, 4].map((nowMs) => supervisor.decide(nowMs))).toEqual([
      { type: 'restart', delayMs: 10 },
      { type: 'restart', delayMs: 20 },
      { type: 'restart', delayMs: 25 },
      { type: 'stop' },
    ]);
  });

  it('forgives what is longer ago than the window', () => {
    const supervisor = new OneForOneSupervisor(POLICY);
    for (const nowMs of [0, 400, 800]) supervisor.decide(nowMs);
    expect(supervisor.decide(999)).toEqual({ type: 'stop' });
    expect(supervisor.decide(1_000)).toEqual({ type: 'restart', delayMs: 25 });
    expect(supervisor.decide(5_000)).toEqual({ type: 'restart', delayMs: 10 });
  });

  it('never restarts when it may not', () => {
    expect(new OneForOneSupervisor({ ...POLICY, restartsMax: 0 }).decide(0)).toEqual({ type: 'stop' });
  });
});
