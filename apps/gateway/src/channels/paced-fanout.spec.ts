import { beforeEach, describe, expect, it } from '@jest/globals';
import { SimClock } from '@app/testing';
import { BINARY_BYTES_MAX, FANOUT_BURST_BYTES, FANOUT_BYTES_PER_S } from '@app/world';
import { PacedFanout } from './paced-fanout.js';

const LARGE = new Uint8Array(BINARY_BYTES_MAX);
const SMALL = new Uint8Array(100);
const listeners = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('what is passed on to many', () => {
  let clock: SimClock;
  let passed: string[];
  let dropped: number;
  let fanout: PacedFanout<number>;

  beforeEach(() => {
    clock = new SimClock();
    passed = [];
    dropped = 0;
    fanout = new PacedFanout(
      clock,
      (channel, bytes, target) => passed.push(`${channel} ${bytes.length} ${target}`),
      (_reason, count) => (dropped += count),
    );
  });

  it('goes out at once when it is little', () => {
    fanout.send('a', SMALL, listeners(200));
    fanout.send('b', LARGE, listeners(2));
    expect(passed).toHaveLength(202);
    expect(clock.pendingCount).toBe(0);
  });

  it('waits its turn when it is much, in order, while others pass by', () => {
    fanout.send('a', LARGE, listeners(200));
    const atOnce = passed.length;
    expect(atOnce).toBe(FANOUT_BURST_BYTES / LARGE.length);
    fanout.send('a', SMALL, [7]);
    fanout.send('b', SMALL, [7]);
    expect(passed.slice(atOnce)).toEqual(['b 100 7']);
    clock.advance(1_000);
    expect(passed.length - atOnce - 1).toBeLessThanOrEqual(FANOUT_BYTES_PER_S / LARGE.length + 1);
    clock.advance(1_000);
    expect(passed.filter((line) => line.startsWith(`a ${LARGE.length}`))).toHaveLength(200);
    expect(passed.at(-1)).toBe('a 100 7');
    expect([clock.pendingCount, fanout.isBusy, dropped]).toEqual([0, false, 0]);
  });

  it('is refused and dropped when far too much waits, but a single message reaches however many listen', () => {
    fanout.send('a', LARGE, listeners(1_000));
    expect(fanout.isBusy).toBe(true);
    fanout.send('a', LARGE, listeners(10));
    expect(dropped).toBe(10);
    clock.advance(10_000);
    expect(passed).toHaveLength(1_000);
    expect(fanout.isBusy).toBe(false);
  });

  it('is forgotten at the end', () => {
    fanout.send('a', LARGE, listeners(1_000));
    const { length } = passed;
    fanout.close();
    clock.advance(10_000);
    expect([passed.length, clock.pendingCount]).toEqual([length, 0]);
  });
});
