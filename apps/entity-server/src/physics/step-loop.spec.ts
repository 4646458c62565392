import { PrometheusMetrics } from '@app/runtime';
import { SimClock } from '@app/testing';
import { describe, expect, it } from '@jest/globals';
import { physicsMetrics } from './physics.metrics.js';
import { StepLoop } from './step-loop.js';

/** A clock that goes on while a step is computed. */
class BusyClock extends SimClock {
  spentMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.spentMs;
  }
}

/** Steps in ten seconds, when each takes so many ms. */
async function stepsOf(stepMs: number): Promise<number> {
  const clock = new BusyClock();
  let steps = 0;
  const step = (): void => {
    steps++;
    clock.spentMs += stepMs;
  };
  const loop = new StepLoop(clock, physicsMetrics(new PrometheusMetrics()), step, () => undefined);
  loop.start();
  while (clock.nowMs() < 10_000) await clock.advanceAsync(1);
  loop.stop();
  return steps;
}

describe('Steps of a simulation', () => {
  it('are sixty in a second', async () => {
    expect(Math.abs((await stepsOf(0)) - 600)).toBeLessThan(5);
    expect(Math.abs((await stepsOf(5)) - 600)).toBeLessThan(5);
  });

  it('leave half of the time to everything else when they take long', async () => {
    const steps = await stepsOf(100);
    expect(steps * 100).toBeLessThanOrEqual(5_200);
    expect(steps * 100).toBeGreaterThan(4_000);
  });

  it('end with the first one that fails, and only once', async () => {
    const clock = new SimClock();
    const failures: unknown[] = [];
    const step = (): void => {
      throw new Error('broken');
    };
    const loop = new StepLoop(clock, physicsMetrics(new PrometheusMetrics()), step, (error) => failures.push(error));
    loop.start();
    await clock.advanceAsync(1_000);
    expect(failures).toHaveLength(1);
    expect(loop.isRunning).toBe(false);
  });
});
