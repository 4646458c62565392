import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { subjectOf } from '@app/broker';
import { decodeMessage, encodeMessage, entityIdOfBytes, entityIdToBytes, type vicinity } from '@app/wire';
import type { EntityProperties, Motion } from '@app/world';
import { loadPhysicsEngine } from '../src/physics/physics-engine.js';
import type { WorldPhysics } from '../src/physics/world-physics.js';
import { add, change, EntityStage, idOf } from './entity-stage.js';
import { at, STONE } from './physics-stage.js';

const [FLOOR, A, B] = [1, 2, 3].map(idOf);

interface Heard {
  serverId: string;
  atMs: number;
  y: number;
}

let stage: EntityStage;
let heard: Heard[];
beforeAll(() => loadPhysicsEngine());
beforeEach(() => {
  heard = [];
});
afterEach(() => stage.end());

/** Notes what all servers say about body A. */
function listen(): void {
  stage.asker.subscribe(subjectOf('entityMotion', { world: 'main' }), ({ data }) => {
    const { serverId, motions } = decodeMessage('EntityMotionTable', data);
    for (const { id, atMs, y } of motions) {
      if (entityIdOfBytes(id) === A) heard.push({ serverId, atMs: Number(atMs), y: Number(y) });
    }
  });
}

function physicsOf(name: string): WorldPhysics | undefined {
  return stage.servers.get(name)?.actor.world('main')?.open?.physics;
}

/** Names of servers that simulate the world. */
const simulators = (): string[] => [...stage.servers.keys()].filter((name) => physicsOf(name)?.current);
const motionOf = (name: string, id: string): Motion | undefined => physicsOf(name)?.current?.bodyOf(id)?.motion;

function entityOf(name: string, id: string): { properties: EntityProperties; editedBy: { name: string } } {
  return stage.servers.get(name)!.actor.world('main')!.open!.replica.world.get(id)!;
}

function push(motions: vicinity.v1.EntityClientMotion.$Properties[]): void {
  const uplink = encodeMessage('EntityMotionUplink', { gatewayId: 'gw-1', motions });
  stage.asker.publish(subjectOf('entityMotionUp', { world: 'main', who: 'gw-1' }), uplink);
}

describe('The physics of a world', () => {
  it('runs where the first shard is written, only while there is something to move, and its rest is in all replicas', async () => {
    stage = new EntityStage();
    listen();
    await stage.start('es-1');
    await stage.start('es-2');
    await stage.during(stage.edit([add(FLOOR, { position: at(0, -0.5, 0), dimensions: at(50, 1, 50) })]));
    await stage.clock.advanceAsync(1_000);
    expect(simulators()).toEqual([]);
    await stage.during(stage.edit([add(A, { ...STONE, position: at(0, 4, 0) })]));
    await stage.clock.advanceAsync(6_000);
    expect(simulators()).toEqual(stage.writers()[0]);
    for (const name of ['es-1', 'es-2']) {
      const { properties, editedBy } = entityOf(name, A);
      expect(editedBy.name).toBe('physics');
      expect((properties.position as { y: number }).y).toBeCloseTo(0.5, 2);
    }
    expect(stage.inspect('es-1').hash).toBe(stage.inspect('es-2').hash);
    const [last] = heard.slice(-1);
    await stage.clock.advanceAsync(20_000);
    expect(heard.at(-1)).toBe(last);
    await stage.during(stage.edit([change(A, { dynamic: false })]));
    expect(simulators()).toEqual([]);
  });

  it('goes on in the middle of a fall when its server dies', async () => {
    stage = new EntityStage();
    listen();
    await stage.start('es-1');
    await stage.start('es-2');
    await stage.during(
      stage.edit([
        add(FLOOR, { position: at(0, -0.5, 0), dimensions: at(50, 1, 50) }),
        add(A, { ...STONE, position: at(0, 100, 0) }),
      ]),
    );
    await stage.clock.advanceAsync(2_000);
    const [first] = simulators();
    const before = heard.at(-1)!;
    expect(before.y).toBeGreaterThan(75);
    expect(before.y).toBeLessThan(90);
    await stage.kill(first);
    await stage.clock.advanceAsync(1_500);
    const [second] = simulators();
    const after = heard.find(({ serverId }) => serverId !== first)!;
    expect(second).not.toBe(first);
    // It had stood still for as long as nobody moved it, and falls on as fast as before.
    expect(after.y).toBeLessThanOrEqual(before.y);
    expect(after.y).toBeGreaterThan(before.y - 3);
    expect(motionOf(second, A)!.velocity.y).toBeLessThan(-18);
    await stage.clock.advanceAsync(8_000);
    expect((entityOf(second, A).properties.position as { y: number }).y).toBeCloseTo(0.5, 1);
    expect(heard.filter(({ serverId }, index) => index > heard.indexOf(after) && serverId === first)).toEqual([]);
  });

  it('is handed over with everything logged when its server ends, even if nobody has listened', async () => {
    stage = new EntityStage();
    await stage.start('es-1');
    await stage.during(stage.edit([add(A, { ...STONE, position: at(0, 500, 0) })]));
    await stage.clock.advanceAsync(3_000);
    const { position } = motionOf('es-1', A)!;
    await stage.drain('es-1');
    await stage.start('es-2', 3_000);
    await stage.eventually(() => motionOf('es-2', A) !== undefined);
    const { y } = entityOf('es-2', A).properties.position as { y: number };
    expect(y).toBeLessThanOrEqual(position.y);
    expect(y).toBeGreaterThan(position.y - 5);
    expect(motionOf('es-2', A)!.velocity.y).toBeLessThan(-29);
  });

  it('hears clients through any gateway', async () => {
    stage = new EntityStage();
    listen();
    await stage.start('es-1');
    await stage.start('es-2');
    await stage.during(stage.edit([add(A, { ...STONE, gravity: at(0, 0, 0), position: at(0, 4, 0) }), add(B)]));
    await stage.clock.advanceAsync(500);
    const id = entityIdToBytes(A);
    push([{ sessionId: 7, claim: { id, priority: 255 } }]);
    await stage.clock.advanceAsync(50);
    push([{ sessionId: 7, motion: { id, atMs: Math.round(stage.clock.wallMs()), y: 5, rotationW: 1 } }]);
    await stage.clock.advanceAsync(100);
    expect(heard.at(-1)!.y).toBe(5);
    push([{ sessionId: 7, claim: { id, priority: 0 } }]);
    await stage.clock.advanceAsync(500);
    for (const name of ['es-1', 'es-2']) expect(entityOf(name, A).properties.position).toMatchObject({ y: 5 });
  });
});
