import { describe, expect, it } from '@jest/globals';
import { INPUT_LIMITS, InputLimiter, type InputKind, TokenBucket } from './rate-limit.js';

describe('TokenBucket', () => {
  it('lets a burst through at once, then its rate', () => {
    const bucket = new TokenBucket(10, 20);
    const taken = (nowMs: number, tries: number): number =>
      Array.from({ length: tries }, () => bucket.take(nowMs)).filter(Boolean).length;
    expect(taken(0, 100)).toBe(20);
    expect(taken(1_000, 100)).toBe(10);
    expect(taken(1_050, 100)).toBe(0);
    expect(taken(100_000, 100)).toBe(20);
  });

  it('is not confused by a clock that stands still or a negative step', () => {
    const bucket = new TokenBucket(10, 1);
    expect(bucket.take(500)).toBe(true);
    expect(bucket.take(400)).toBe(false);
    expect(bucket.take(500)).toBe(true);
  });
});

describe('InputLimiter', () => {
  it.each(Object.keys(INPUT_LIMITS) as InputKind[])('lets an honest rate of %s through for ever', (kind) => {
    const limiter = new InputLimiter();
    const { perSecond } = INPUT_LIMITS[kind];
    for (let count = 0; count < 5 * perSecond && count < 5_000; count++) {
      expect(limiter.allow(kind, (count * 1_000) / perSecond)).toBe(true);
    }
    expect(limiter.isFlooding).toBe(false);
  });

  it('drops what is too much, and calls it a flood only when it does not end', () => {
    const limiter = new InputLimiter();
    let drops = 0;
    for (let count = 0; count < 400; count++) if (!limiter.allow('pose', 0)) drops++;
    expect(drops).toBe(280);
    expect(limiter.isFlooding).toBe(false);
    for (let count = 0; count < 100; count++) limiter.allow('pose', 1);
    expect(limiter.isFlooding).toBe(true);
  });

  it('forgives a client that is a little too fast', () => {
    const limiter = new InputLimiter();
    for (let count = 0; count < 75 * 60; count++) limiter.allow('pose', (count * 1_000) / 75);
    expect(limiter.isFlooding).toBe(false);
  });
});
