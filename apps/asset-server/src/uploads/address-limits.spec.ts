import { describe, expect, it } from '@jest/globals';
import { SimClock } from '@app/testing';
import { UPLOAD_ADDRESSES_MAX } from '@app/world';
import { AddressLimits } from './address-limits.js';

const HALF_HOUR_MS = 1_800_000;

describe('AddressLimits', () => {
  it('lets so many files and bytes through within an hour, from each address', async () => {
    const clock = new SimClock();
    const limits = new AddressLimits(clock, 4, 1_000);
    expect([1, 2, 3, 4, 5].map(() => limits.take('a', 1))).toEqual([true, true, true, true, false]);
    expect([limits.take('b', 1_001), limits.take('b', 1_000), limits.take('b', 1)]).toEqual([false, true, false]);
    await clock.advanceAsync(HALF_HOUR_MS);
    expect([limits.take('a', 1), limits.take('a', 1), limits.take('a', 1)]).toEqual([true, true, false]);
    expect([limits.take('b', 501), limits.take('b', 500)]).toEqual([false, true]);
  });

  it('remembers a limited number of addresses', () => {
    const limits = new AddressLimits(new SimClock(), 1, 1_000);
    expect(limits.take('first', 1)).toBe(true);
    for (let count = 0; count < UPLOAD_ADDRESSES_MAX; count++) limits.take(`address-${count}`, 1);
    expect(limits.take('first', 1)).toBe(true);
  });
});
