import { describe, expect, it } from '@jest/globals';
import { TickLoop } from '@app/clock';
import fc from 'fast-check';
import { SimClock } from './sim-clock.js';

describe('SimClock', () => {
  it('stands still until it is advanced', () => {
    const clock = new SimClock(100, 1_000_000);
    expect([clock.nowMs(), clock.wallMs()]).toEqual([100, 1_000_100]);
    clock.advance(2.5);
    expect([clock.nowMs(), clock.wallMs()]).toEqual([102.5, 1_000_102.5]);
  });

  it('runs timers in order of deadline, equal ones in the order in which they were set', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 60 }), (delaysMs) => {
        const clock = new SimClock();
        const seen: [number, number, number][] = [];
        delaysMs.forEach((delayMs, index) => clock.after(delayMs, () => seen.push([delayMs, index, clock.nowMs()])));
        clock.advance(20);
        const expected = delaysMs
          .map((delayMs, index): [number, number, number] => [delayMs, index, delayMs])
          .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        expect(seen).toEqual(expected);
        expect(clock.pendingCount).toBe(0);
      }),
    );
  });

  it('does not run what is not due or was cancelled', () => {
    const clock = new SimClock();
    const seen: string[] = [];
    clock.after(11, () => seen.push('late'));
    const cancelled = clock.after(5, () => seen.push('cancelled'));
    clock.after(4, () => cancelled.cancel());
    clock.advance(10);
    cancelled.cancel();
    expect(seen).toEqual([]);
    expect(clock.pendingCount).toBe(1);
    clock.advance(1);
    expect(seen).toEqual(['late']);
  });

  it('runs timers that callbacks set, if they are due within the same advance', () => {
    const clock = new SimClock();
    const seen: number[] = [];
    const again = (): void => {
      seen.push(clock.nowMs());
      clock.after(3, again);
    };
    clock.after(3, again);
    clock.advance(10);
    expect(seen).toEqual([3, 6, 9]);
  });

  it('repeats without drift until cancelled, also from within the callback', () => {
    const clock = new SimClock();
    const seen: number[] = [];
    const timer = clock.every(20, () => {
      seen.push(clock.nowMs());
      if (seen.length === 4) timer.cancel();
    });
    clock.advance(30);
    clock.advance(1_000);
    expect(seen).toEqual([20, 40, 60, 80]);
  });

  it('lets promises settle between timers', async () => {
    const clock = new SimClock();
    const seen: string[] = [];
    const sleep = (delayMs: number): Promise<void> => new Promise((resolve) => clock.after(delayMs, resolve));
    const work = async (): Promise<void> => {
      await sleep(10);
      seen.push(`slept until ${clock.nowMs()}`);
      await sleep(10);
      seen.push(`slept until ${clock.nowMs()}`);
    };
    const done = work();
    clock.after(15, () => seen.push('between'));
    await clock.advanceAsync(100);
    await done;
    expect(seen).toEqual(['slept until 10', 'between', 'slept until 20']);
  });

  it('waits for long chains of promises before time goes on', async () => {
    const clock = new SimClock();
    let finishedMs = -1;
    clock.after(10, () => {
      void (async () => {
        for (let step = 0; step < 1_000; step++) await Promise.resolve();
        finishedMs = clock.nowMs();
      })();
    });
    clock.after(11, () => undefined);
    await clock.advanceAsync(50);
    expect(finishedMs).toBe(10);
  });

  it('drives a tick loop', () => {
    const clock = new SimClock();
    const ticks: number[] = [];
    const loop = new TickLoop(clock, 20, ({ index }) => ticks.push(index));
    loop.start();
    clock.advance(100);
    loop.stop();
    clock.advance(100);
    expect(ticks).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('does not go backwards', () => {
    expect(() => new SimClock().advance(-1)).toThrow(RangeError);
    expect(() => new SimClock().advance(NaN)).toThrow(RangeError);
    expect(() => new SimClock().every(0, () => undefined)).toThrow(RangeError);
  });
});
