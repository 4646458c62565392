import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ActorSystem } from '@app/actor';
import { MemoryBus, subjectOf } from '@app/broker';
import { encodeRecord, openWorldJournal } from '@app/entities';
import { PrometheusMetrics, silentLogger, WORLDS_BUCKET } from '@app/runtime';
import { SeededRandom, SimClock } from '@app/testing';
import { decodeMessage, encodeMessage } from '@app/wire';
import { entityServerMetrics } from '../src/entity-server.metrics.js';
import { FirstShardDuties } from '../src/first-shard-duties.js';
import { WorldActor } from '../src/world.actor.js';
import type { WorldGround } from '../src/world-ground.js';
import { WorldReplica } from '../src/world-replica.js';
import { add, EntityStage, idOf, OPTIONS } from './entity-stage.js';

let stage: EntityStage | undefined;
afterEach(() => stage?.end());

describe('A world that is deleted', () => {
  it('is closed, and opened again when somebody makes it anew', async () => {
    stage = new EntityStage();
    const server = await stage.start('es-1');
    const bucket = await stage.asker.keyValue(WORLDS_BUCKET);
    const record = new TextEncoder().encode('{"createdAtMs":1,"shards":2}');
    const world = 'cellar';
    await bucket.create(world, record);
    await stage.clock.advanceAsync(2_000);
    expect((await stage.during(stage.edit([add(idOf(1))], { world }))).errorCode).toBe('');
    await bucket.delete(world);
    await stage.clock.advanceAsync(3_000);
    expect(server.actor.world(world)).toBeUndefined();
    expect((await stage.during(stage.edit([add(idOf(2))], { world }))).errorCode).toBe('world-unknown');
    expect((await stage.during(stage.edit([add(idOf(2))]))).errorCode).toBe('');
    await bucket.create(world, record);
    await stage.clock.advanceAsync(3_000);
    expect(stage.inspect('es-1', world).count).toBe(1);
    expect((await stage.during(stage.edit([add(idOf(3))], { world }))).errorCode).toBe('');
  });
});

describe('A world that is not open', () => {
  it('lets a bounded number of edits wait', async () => {
    const clock = new SimClock();
    const ground = { clock, random: new SeededRandom(1) } as unknown as WorldGround;
    const world = new WorldActor('main', 1, ground);
    const request = decodeMessage('EntityEditRequest', new Uint8Array());
    const codes: string[] = [];
    const all = Array.from({ length: 300 }, () =>
      world.edit(request).then(({ errorCode }) => void codes.push(errorCode ?? '')),
    );
    await clock.advanceAsync(0);
    expect(codes).toEqual(Array.from({ length: 44 }, () => 'world-busy'));
    await clock.advanceAsync(60_000);
    await Promise.all(all);
    expect(codes.filter((code) => code === 'world-unavailable')).toHaveLength(256);
  });
});

describe('A world that is opened anew', () => {
  it('has a keeper of snapshots, though the one before is still finishing', async () => {
    const clock = new SimClock();
    const broker = new MemoryBus({ clock }).connect();
    const metrics = entityServerMetrics(new PrometheusMetrics());
    const parts = { broker, clock, logger: silentLogger, metrics, options: OPTIONS, instanceId: 'es-1' };
    const ground = { ...parts, actors: new ActorSystem(clock) } as unknown as WorldGround;
    const journal = await openWorldJournal(broker, 'main', true);
    const replica = await WorldReplica.open('main', journal, ground);
    const [former, present] = [new FirstShardDuties(replica, ground), new FirstShardDuties(replica, ground)];
    former.setActive(true);
    former.setActive(false);
    present.setActive(true);
    const subject = subjectOf('worldSnapshot', { world: 'main', who: '0' });
    const asked = broker.request(subject, encodeMessage('WorldSnapshotRequest', {}), { timeoutMs: 5_000 });
    await clock.advanceAsync(1_000);
    expect(decodeMessage('WorldSnapshotReply', await asked).errorCode).toBe('');
    present.stop();
    replica.stop();
    await broker.close();
  });
});

describe('A record that cannot be applied', () => {
  it('is said once, counted each time, and tried until it can', async () => {
    const clock = new SimClock();
    const broker = new MemoryBus({ clock }).connect();
    const metrics = entityServerMetrics(new PrometheusMetrics());
    const said = jest.fn();
    const counted = jest.spyOn(metrics.applyFailed, 'inc');
    const logger = Object.assign(Object.create(silentLogger) as typeof silentLogger, { error: said });
    const journal = await openWorldJournal(broker, 'main', true);
    const replica = await WorldReplica.open('main', journal, { broker, clock, logger, metrics });
    const apply = replica.world.apply.bind(replica.world);
    let failures = 3;
    jest.spyOn(replica.world, 'apply').mockImplementation((...args) => {
      if (failures-- > 0) throw new Error('a mistake');
      return apply(...args);
    });
    const author = { sessionId: 7, name: 'Ada' };
    const edits = [{ kind: 'add' as const, id: idOf(1), type: 'Box', properties: {} }];
    const transactions = [{ editId: 'a', author, edits }];
    const record = encodeRecord({ epoch: 1, writer: 'es-1', writtenAtMs: 1, transactions });
    await journal.stream.append(subjectOf('entityLog', { world: 'main', who: '0' }), record);
    await clock.advanceAsync(10_000);
    expect(replica.world.size).toBe(1);
    expect(counted).toHaveBeenCalledTimes(3);
    expect(said).toHaveBeenCalledTimes(1);
    replica.stop();
    await broker.close();
  });
});
