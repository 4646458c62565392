import { describe, expect, it } from '@jest/globals';
import { backoffDelayMs, DEFAULT_BACKOFF, ReconnectPolicy } from './reconnect-policy.js';

const one = { instanceId: 'gateway-1', url: 'ws://one' };
const two = { instanceId: 'gateway-2', url: 'ws://two' };

describe('backoffDelayMs', () => {
  it('does not wait before the first attempt', () => {
    expect(backoffDelayMs(0, 0.9)).toBe(0);
  });

  it('grows, and stays between half of the limit and the limit', () => {
    let last = 0;
    for (let attempt = 1; attempt < 30; attempt++) {
      const low = backoffDelayMs(attempt, 0);
      const high = backoffDelayMs(attempt, 0.999_999);
      expect(high).toBeLessThanOrEqual(DEFAULT_BACKOFF.delayMsMax);
      expect(low).toBeCloseTo(high / 2, 0);
      expect(high).toBeGreaterThanOrEqual(last);
      last = high;
    }
    expect(last).toBeCloseTo(DEFAULT_BACKOFF.delayMsMax, 0);
  });
});

describe('ReconnectPolicy', () => {
  it('tries every gateway once, then waits and asks again', () => {
    const policy = new ReconnectPolicy(60_000, () => 0.5);
    expect(policy.next(0)).toEqual({ kind: 'ask' });
    policy.handleGateways([one, two]);
    expect(policy.next(0)).toEqual({ kind: 'try', gateway: one });
    policy.handleGatewayFailed(0);
    expect(policy.next(0)).toEqual({ kind: 'try', gateway: two });
    policy.handleGatewayFailed(0);
    expect(policy.next(0)).toMatchObject({ kind: 'wait' });
    expect(policy.next(300)).toEqual({ kind: 'ask' });
    expect(policy.roundsFailed).toBe(1);
  });

  it('asks twice a second at first, and later waits as long as the server wishes', () => {
    const policy = new ReconnectPolicy(600_000, () => 0);
    let nowMs = 0;
    const waits: number[] = [];
    for (let round = 0; round < 14; round++) {
      expect(policy.next(nowMs)).toEqual({ kind: 'ask' });
      policy.handleAskFailed(nowMs, 7_000);
      const step = policy.next(nowMs);
      if (step.kind !== 'wait') throw new Error(step.kind);
      waits.push(step.delayMs);
      nowMs += step.delayMs;
    }
    expect(Math.max(...waits.slice(0, 8))).toBeLessThanOrEqual(750);
    expect(waits[13]).toBe(7_000);
  });

  it('leaves a gateway alone for a moment after it failed, because the list may not know yet', () => {
    const policy = new ReconnectPolicy(60_000, () => 0);
    policy.next(0);
    policy.handleGateways([one]);
    expect(policy.next(0)).toEqual({ kind: 'try', gateway: one });
    policy.handleGatewayFailed(10);
    expect(policy.next(10)).toMatchObject({ kind: 'wait' });
    expect(policy.next(400)).toEqual({ kind: 'ask' });
    policy.handleGateways([one]);
    expect(policy.next(400)).toMatchObject({ kind: 'wait' });
    expect(policy.next(1_300)).toEqual({ kind: 'ask' });
    policy.handleGateways([one]);
    expect(policy.next(1_300)).toEqual({ kind: 'try', gateway: one });
  });

  it('tries the other gateways before it waits for a full one', () => {
    const policy = new ReconnectPolicy(60_000, () => 0);
    policy.next(0);
    policy.handleGateways([one, two]);
    policy.next(0);
    policy.handleGatewayFailed(0, 9_000);
    expect(policy.next(0)).toEqual({ kind: 'try', gateway: two });
    policy.handleGatewayFailed(0);
    expect(policy.next(0)).toEqual({ kind: 'wait', delayMs: 9_000 });
  });

  it('gives up when waiting would pass the deadline', () => {
    const policy = new ReconnectPolicy(1_000, () => 0);
    policy.next(900);
    policy.handleAskFailed(900, 5_000);
    expect(policy.next(900)).toEqual({ kind: 'give-up' });
    expect(new ReconnectPolicy(1_000, () => 0).next(1_000)).toEqual({ kind: 'give-up' });
  });
});
