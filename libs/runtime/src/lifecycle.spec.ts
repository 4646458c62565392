import { describe, expect, it } from '@jest/globals';
import { SimClock } from '@app/testing';
import { STAGE, StagedLifecycle } from './lifecycle.js';
import { silentLogger } from './logger.js';

function build() {
  const clock = new SimClock();
  const calls: string[] = [];
  const lifecycle = new StagedLifecycle(clock, silentLogger);
  const add = (stage: number, name: string): void =>
    lifecycle.onStage(stage, {
      start: () => void calls.push(`start ${name}`),
      stop: () => void calls.push(`stop ${name}`),
    });
  return { clock, calls, lifecycle, add };
}

describe('StagedLifecycle', () => {
  it('starts upwards and stops downwards, whatever the order of registration', async () => {
    const { calls, lifecycle, add } = build();
    add(STAGE.listen, 'listen');
    add(STAGE.broker, 'broker');
    add(STAGE.media, 'media a');
    add(STAGE.media, 'media b');
    await lifecycle.start();
    await lifecycle.stop();
    expect(calls).toEqual([
      ...['start broker', 'start media a', 'start media b', 'start listen'],
      ...['stop listen', 'stop media b', 'stop media a', 'stop broker'],
    ]);
  });

  it('takes hooks for later stages, and for the running one, while it starts', async () => {
    const { calls, lifecycle, add } = build();
    lifecycle.onStage(STAGE.actors, {
      start: () => {
        add(STAGE.actors, 'same');
        add(STAGE.media, 'later');
      },
    });
    await lifecycle.start();
    expect(calls).toEqual(['start same', 'start later']);
  });

  it('refuses hooks for a stage that has passed', async () => {
    const { lifecycle, add } = build();
    add(STAGE.media, 'media');
    await lifecycle.start();
    expect(() => add(STAGE.broker, 'too late')).toThrow('has not passed');
  });

  it('stops what was started when a start fails, the failed one included', async () => {
    const { calls, lifecycle, add } = build();
    add(STAGE.broker, 'broker');
    lifecycle.onStage(STAGE.media, {
      start: () => Promise.reject(new Error('no media')),
      stop: () => void calls.push('tidy'),
    });
    add(STAGE.listen, 'listen');
    await expect(lifecycle.start()).rejects.toThrow('no media');
    await lifecycle.stop();
    expect(calls).toEqual(['start broker', 'tidy', 'stop broker']);
  });

  it('starts nothing more once it was told to stop', async () => {
    const { calls, lifecycle, add } = build();
    lifecycle.onStage(STAGE.broker, { start: () => void lifecycle.stop() });
    add(STAGE.listen, 'listen');
    await lifecycle.start();
    expect(calls).toEqual([]);
  });

  it('goes on with the next stop when one misses its deadline', async () => {
    const { clock, calls, lifecycle, add } = build();
    add(STAGE.broker, 'broker');
    lifecycle.onStage(STAGE.listen, { stop: () => new Promise<never>(() => undefined), stopTimeoutMs: 500 });
    await lifecycle.start();
    const stopped = lifecycle.stop();
    await clock.advanceAsync(499);
    expect(calls).not.toContain('stop broker');
    await clock.advanceAsync(1);
    await stopped;
    expect(calls).toContain('stop broker');
  });

  it('goes on with the next stop when one fails, at once or later', async () => {
    const { calls, lifecycle, add } = build();
    add(STAGE.broker, 'broker');
    lifecycle.onStage(STAGE.media, { stop: () => Promise.reject(new Error('x')) });
    lifecycle.onStage(STAGE.listen, {
      stop: () => {
        throw new Error('y');
      },
    });
    await lifecycle.start();
    await lifecycle.stop();
    expect(calls).toContain('stop broker');
  });

  it('stops once, however often it is told to', async () => {
    const { calls, lifecycle, add } = build();
    add(STAGE.broker, 'broker');
    await lifecycle.start();
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    expect(calls).toEqual(['start broker', 'stop broker']);
    expect(lifecycle.stop()).toBe(lifecycle.stop());
  });
});
