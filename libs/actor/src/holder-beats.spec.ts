import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryBus } from '@app/broker';
import type { Clock, Timer } from '@app/clock';
import { SimClock } from '@app/testing';
import { HolderBeats } from './holder-beats.js';

/** Time in a process that is so busy that its timers run late: every `loopMs`, however often they should. */
class BusyClock implements Clock {
  loopMs = 0;

  constructor(private readonly clock: SimClock) {}

  nowMs(): number {
    return this.clock.nowMs();
  }

  wallMs(): number {
    return this.clock.wallMs();
  }

  after(delayMs: number, callback: () => void): Timer {
    return this.clock.after(Math.max(delayMs, this.loopMs), callback);
  }

  every(intervalMs: number, callback: () => void): Timer {
    const next = (): Timer => this.after(intervalMs, () => (callback(), (timer = next())));
    let timer = next();
    return { cancel: () => timer.cancel() };
  }
}

describe('Beats of holders', () => {
  let clock: SimClock;
  let busy: BusyClock;
  let beats: HolderBeats;
  let dead: string[];

  beforeEach(() => {
    clock = new SimClock();
    busy = new BusyClock(clock);
    dead = [];
    const broker = new MemoryBus({ clock }).connect();
    beats = new HolderBeats(
      broker,
      busy,
      { instance: 'observer', epochMs: 1 },
      () => false,
      (instance) => dead.push(instance),
    );
    beats.start();
  });

  const hearEvery = (intervalMs: number, count: number): void => {
    for (let i = 0; i < count; i++) {
      beats.hear('holder', 1);
      clock.advance(intervalMs);
    }
  };
  const timeUntilDead = (): number => {
    const startMs = clock.nowMs();
    while (dead.length === 0 && clock.nowMs() - startMs < 20_000) clock.advance(10);
    return clock.nowMs() - startMs;
  };

  it('a holder that is on time is taken for dead half a second after its last beat', () => {
    hearEvery(100, 30);
    expect(dead).toEqual([]);
    const tookMs = 100 + timeUntilDead();
    expect(tookMs).toBeGreaterThan(500);
    expect(tookMs).toBeLessThanOrEqual(710);
  });

  it('beats that are read late because this process is busy do not make a holder dead', () => {
    hearEvery(100, 10);
    busy.loopMs = 300;
    hearEvery(1_500, 20);
    expect(dead).toEqual([]);
    expect(beats.isAlive('holder', 1)).toBe(true);
  });

  it('a holder that has died is found by a busy process, too', () => {
    busy.loopMs = 300;
    hearEvery(900, 5);
    expect(timeUntilDead()).toBeLessThan(4_000);
  });

  it('a holder whose beats come later and later is waited for longer', () => {
    for (const gapMs of [100, 200, 300, 400, 500, 600, 700, 800]) hearEvery(gapMs, 2);
    expect(dead).toEqual([]);
    hearEvery(100, 10);
    expect(100 + timeUntilDead()).toBeLessThanOrEqual(710);
  });

  it('a hiccup of this process is soon forgotten', () => {
    hearEvery(100, 5);
    busy.loopMs = 2_000;
    hearEvery(100, 20);
    busy.loopMs = 0;
    hearEvery(100, 25);
    expect(100 + timeUntilDead()).toBeLessThanOrEqual(710);
  });
});
