import { describe, expect, it } from '@jest/globals';
import { CLIENT_RELIABLE_BYTES_MAX, ENTITY_EDITS_MAX } from '@app/world';
import { INPUT_LIMITS, InputLimiter, TokenBucket } from './rate-limit.js';

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
  it.each(Object.keys(INPUT_LIMITS) as (keyof typeof INPUT_LIMITS)[])(
    'lets an honest rate of %s through for ever',
    (kind) => {
      const limiter = new InputLimiter();
      const { perSecond } = INPUT_LIMITS[kind];
      for (let count = 0; count < 5 * perSecond && count < 5_000; count++) {
        expect(limiter.allow(kind, (count * 1_000) / perSecond)).toBe(true);
      }
      expect(limiter.isFlooding).toBe(false);
    },
  );

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

  it('lets a builder drag at 30 Hz for ever, and paste a thousand entities now and then', () => {
    const limiter = new InputLimiter();
    for (let frame = 0; frame < 30 * 60; frame++) {
      const nowMs = (frame * 1_000) / 30;
      expect(limiter.allow('bytes', nowMs, 300)).toBe(true);
      expect(limiter.allow('edit', nowMs)).toBe(true);
      expect(limiter.allow('edits', nowMs)).toBe(true);
      if (frame % 300 !== 0) continue;
      for (const edits of [600, 400]) {
        expect(limiter.allow('large-bytes', nowMs, edits * 350)).toBe(true);
        expect(limiter.allow('edit', nowMs)).toBe(true);
        expect(limiter.allow('edits', nowMs, edits)).toBe(true);
      }
    }
  });

  it('lets the largest transaction pass under the strictest of limits, and then no more', () => {
    const limiter = new InputLimiter({ editsPerSecond: 1, editBytesPerSecond: 1 });
    expect(limiter.allow('edits', 0, ENTITY_EDITS_MAX)).toBe(true);
    expect(limiter.allow('large-bytes', 0, CLIENT_RELIABLE_BYTES_MAX)).toBe(true);
    expect(limiter.allow('edits', 0)).toBe(false);
    expect(limiter.allow('large-bytes', 0)).toBe(false);
  });
});
