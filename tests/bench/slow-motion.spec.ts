import { describe, expect, it } from '@jest/globals';
import { PhaseClock } from '../../bench/phase-clock.js';
import { SlowClock, SlowMotion } from '../../bench/slow-motion.js';

describe('SlowMotion', () => {
  it('goes on without a jump when it is slowed down and sped up again', () => {
    let real = 1_000;
    const slow = new SlowMotion(() => real);
    real = 1_100;
    slow.slowDown(10);
    expect(slow.now()).toBe(1_100);
    real = 1_200;
    expect(slow.now()).toBe(1_110);
    slow.slowDown(1);
    real = 1_210;
    expect(slow.now()).toBe(1_120);
  });

  it('makes timers wait as much longer as time is slower', async () => {
    const clock = new SlowClock();
    clock.slowDown(5);
    const startMs = performance.now();
    await new Promise<void>((resolve) => clock.after(10, resolve));
    expect(performance.now() - startMs).toBeGreaterThan(48);
  });
});

describe('PhaseClock', () => {
  let nowMs = 0;
  class Inner {
    work(ms: number): void {
      nowMs += ms;
    }
  }
  class Outer {
    inner = new Inner();
    work(ms: number): void {
      this.inner.work(ms);
      nowMs += 1;
      this.inner.work(ms);
    }
    close(): void {}
  }

  it('counts time in the innermost phase only, and nothing outside of phases', () => {
    const phases = new PhaseClock(
      () => 0,
      () => nowMs,
    );
    phases.watch(Outer.prototype, 'select');
    phases.watch(Inner.prototype, 'render', ['work', 'missing']);
    new Inner().work(2);
    new Outer().work(4);
    expect(phases.read()).toMatchObject({ select: 1, render: 10, decode: 0 });
  });

  it('counts ticks, and how long they take', () => {
    const phases = new PhaseClock(
      () => nowMs / 2,
      () => nowMs,
    );
    const ticking = class extends Inner {};
    phases.watchTicks(ticking.prototype, 'work');
    new ticking().work(3);
    expect(phases.read()).toMatchObject({ ticks: 1, tickMs: 3, tickCpuMs: 1.5 });
  });
});
