import { describe, expect, it } from '@jest/globals';
import { SimClock } from '@app/testing';
import { RateLimit } from './rate-limit.js';

/** How many of `count` are allowed now. */
function take(limit: RateLimit, key: string, count: number): number {
  let allowed = 0;
  for (let i = 0; i < count; i++) if (limit.take(key)) allowed++;
  return allowed;
}

describe('RateLimit', () => {
  it('allows a burst, then the rate, then a burst again after a pause', () => {
    const clock = new SimClock();
    const limit = new RateLimit(clock, { perSecond: 5, burst: 20, keysMax: 10 });
    expect(take(limit, 'ada', 100)).toBe(20);
    clock.advance(1_000);
    expect(take(limit, 'ada', 100)).toBe(5);
    clock.advance(60_000);
    expect(take(limit, 'ada', 100)).toBe(20);
  });

  it('limits each key on its own and forgets the one that was silent longest', () => {
    const clock = new SimClock();
    const limit = new RateLimit(clock, { perSecond: 1, burst: 1, keysMax: 2 });
    expect([limit.take('a'), limit.take('b'), limit.take('a'), limit.take('b')]).toEqual([true, true, false, false]);
    // "a" was used longest ago.
    expect(limit.take('c')).toBe(true);
    expect(limit.take('b')).toBe(false);
    expect(limit.take('a')).toBe(true);
  });
});
