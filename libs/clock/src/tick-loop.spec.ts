import { describe, expect, it } from '@jest/globals';
import { SimClock } from '@app/testing';
import { FAILED_TICKS_MAX, TickLoop, type Tick } from './tick-loop.js';

describe('TickLoop', () => {
  it('keeps its rate without drift', () => {
    const clock = new SimClock();
    const ticks: Tick[] = [];
    const loop = new TickLoop(clock, 20, (tick) => ticks.push(tick));
    loop.start();
    clock.advance(1_000);
    loop.stop();
    expect(ticks).toHaveLength(51);
    expect(ticks.every((tick, index) => tick.index === index && tick.skipped === 0)).toBe(true);
  });

  it('does nothing after it was stopped, also from within a tick', () => {
    const clock = new SimClock();
    let count = 0;
    const loop = new TickLoop(clock, 10, () => {
      if (++count === 3) loop.stop();
    });
    loop.start();
    clock.advance(1_000);
    loop.stop();
    expect(count).toBe(3);
  });

  it('skips ticks that have become worthless, and says how many', () => {
    let nowMs = 0;
    let due: (() => void) | undefined;
    const ticks: Tick[] = [];
    const loop = new TickLoop(
      {
        nowMs: () => nowMs,
        wallMs: () => nowMs,
        after: (_delayMs, callback) => {
          due = callback;
          return { cancel: () => {} };
        },
        every: () => ({ cancel: () => {} }),
      },
      20,
      (tick) => ticks.push(tick),
    );
    loop.start();
    due!();
    nowMs = 135;
    due!();
    expect(ticks[1].skipped).toBe(5);
    expect(ticks[1].index).toBe(6);
    expect(ticks[1].latenessMs).toBeLessThan(20);
  });

  it('survives a tick that throws', () => {
    const clock = new SimClock();
    const errors: unknown[] = [];
    let count = 0;
    const loop = new TickLoop(
      clock,
      10,
      () => {
        if (++count % 2 === 0) throw new Error('one bad packet');
      },
      2,
      (error) => errors.push(error),
    );
    loop.start();
    clock.advance(100);
    expect(count).toBe(11);
    expect(errors).toHaveLength(5);
  });

  it('gives up when every tick throws', () => {
    const clock = new SimClock();
    const loop = new TickLoop(clock, 10, () => {
      throw new Error('always');
    });
    loop.start();
    expect(() => clock.advance(10 * (FAILED_TICKS_MAX + 1))).toThrow('always');
  });
});
