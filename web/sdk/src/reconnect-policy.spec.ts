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

  it('waits as long as the server asks for', () => {
    const policy = new ReconnectPolicy(60_000, () => 0);
    policy.next(0);
    policy.handleAskFailed(0, 7_000);
    expect(policy.next(0)).toEqual({ kind: 'wait', delayMs: 7_000 });
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
    policy.next(0);
    policy.handleAskFailed(0, 5_000);
    expect(policy.next(0)).toEqual({ kind: 'give-up' });
    expect(new ReconnectPolicy(1_000, () => 0).next(1_000)).toEqual({ kind: 'give-up' });
  });
});
