import { EntityWorld } from '@app/entities';
import { PrometheusMetrics, silentLogger } from '@app/runtime';
import { SimClock } from '@app/testing';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadPhysicsEngine } from './physics-engine.js';
import { physicsMetrics } from './physics.metrics.js';
import { WorldPhysics } from './world-physics.js';

beforeAll(() => loadPhysicsEngine());

describe('A world whose simulation breaks each time', () => {
  it('is tried again later and later', async () => {
    const clock = new SimClock();
    const registry = new PrometheusMetrics();
    const world = new EntityWorld();
    const properties = { dynamic: true, gravity: { x: 0, y: -9.8, z: 0 } };
    const edits = [{ kind: 'add' as const, id: '00000000-0000-4000-8000-000000000001', type: 'Box', properties }];
    const transactions = [{ editId: 't', author: { sessionId: 1, name: 'Ada' }, edits }];
    world.apply({ epoch: 1, writer: 'w', writtenAtMs: clock.wallMs(), transactions }, 1);
    const physics = new WorldPhysics({
      clock,
      logger: silentLogger,
      metrics: physicsMetrics(registry),
      instanceId: 'es-1',
      worldName: 'main',
      world,
      bodiesMax: 10,
      publish: () => {
        throw new Error('broken');
      },
      submit: () => Promise.resolve({ kind: 'done', sequence: 1, results: [] }),
    });
    physics.setActive(true);
    const failuresAfter = async (seconds: number): Promise<number> => {
      await clock.advanceAsync(seconds * 1_000);
      return Number(/entity_physics_failures_total (\d+)/.exec(await registry.text())?.[1] ?? 0);
    };
    expect(await failuresAfter(1)).toBe(1);
    expect(await failuresAfter(6)).toBe(2);
    expect(await failuresAfter(6)).toBe(2);
    expect(await failuresAfter(60)).toBe(4);
    expect(await failuresAfter(3_600)).toBeLessThan(15);
    physics.stop();
  });
});
