import { afterEach, describe, expect, it } from '@jest/globals';
import { PrometheusMetrics } from '@app/runtime';
import { SeededRandom } from '@app/testing';
import type { vicinity } from '@app/wire';
import { entityServerMetrics } from '../src/entity-server.metrics.js';
import { POWER } from '../src/rules/edit-rule.js';
import { type CommitOutcome, type Submission, submissionOf } from '../src/shard/commit.js';
import { EntityShard } from '../src/shard/entity-shard.js';
import { add, change, EntityStage, erase, idOf } from './entity-stage.js';

let stage: EntityStage;
afterEach(() => stage.end());

type Reply = vicinity.v1.EntityEditReply;

/** All servers have read the same and know the same. */
function expectEqualReplicas(): void {
  const known = [...stage.servers.keys()].map((name) => stage.inspect(name));
  expect(new Set(known.map(({ hash }) => hash)).size).toBe(1);
  expect(new Set(known.map(({ sequence }) => sequence)).size).toBe(1);
}

describe('An entity-server', () => {
  it('answers an edit with its place in the log and the revision', async () => {
    stage = new EntityStage();
    await stage.start('es-1');
    const added = await stage.during(stage.edit([add(idOf(1), { name: 'lamp' })]));
    expect(added).toMatchObject({ errorCode: '', sequence: 2 });
    expect(added.results).toHaveLength(1);
    const changed = await stage.during(stage.edit([change(idOf(1), { name: 'Lamp' })]));
    expect(changed.sequence).toBe(3);
    expect(stage.inspect('es-1')).toMatchObject({ count: 1, sequence: 3 });
  });

  it('does a repeated transaction once and answers as the first time', async () => {
    stage = new EntityStage();
    await stage.start('es-1');
    const once = { editId: 'same' };
    const replies = await stage.during(Promise.all([1, 2, 3].map(() => stage.edit([add(idOf(1))], once))));
    const later = await stage.during(stage.edit([add(idOf(1))], once));
    for (const reply of [...replies, later]) expect(reply).toEqual(replies[0]);
    expect(replies[0].errorCode).toBe('');
  });

  it('says what a dry run would do, and does nothing', async () => {
    stage = new EntityStage();
    await stage.start('es-1');
    const dry = await stage.during(stage.edit([add(idOf(1))], { isDryRun: true }));
    expect(dry).toMatchObject({ errorCode: '', sequence: 0 });
    expect(dry.results).toHaveLength(1);
    expect(await stage.during(stage.edit([erase(idOf(1))], { isDryRun: true }))).toMatchObject({
      errorCode: 'entity-unknown',
    });
    expect(stage.inspect('es-1')).toMatchObject({ count: 0, sequence: 1 });
  });

  it('puts what arrives together into few records, in the order of each author', async () => {
    stage = new EntityStage({}, 1);
    await stage.start('es-1');
    await stage.during(stage.edit([add(idOf(1)), add(idOf(2))]));
    const replies = await stage.during(
      Promise.all(
        Array.from({ length: 200 }, (_, i) =>
          stage.edit([change(idOf(1 + (i % 2)), { name: `${i}` })], { author: { sessionId: 1 + (i % 2), name: 'A' } }),
        ),
      ),
    );
    expect(replies.every(({ errorCode }) => errorCode === '')).toBe(true);
    const sequences = replies.map(({ sequence }) => sequence);
    expect([...sequences].sort((a, b) => a - b)).toEqual(sequences);
    expect(new Set(sequences).size).toBeLessThan(20);
    const world = stage.servers.get('es-1')!.actor.world('main')!.open!.replica.world;
    expect([world.get(idOf(1))?.properties.name, world.get(idOf(2))?.properties.name]).toEqual(['198', '199']);
  });

  it('lets somebody go on with what they have just added, through any server', async () => {
    stage = new EntityStage({ worldShards: 4 }, 2);
    for (const name of ['es-1', 'es-2', 'es-3']) await stage.start(name);
    await stage.clock.advanceAsync(12_000);
    expect(Object.keys(stage.writers())).toHaveLength(4);
    for (let i = 10; i < 40; i += 2) {
      const via = `es-${1 + (i % 3)}`;
      const replies = await stage.during(
        Promise.all([
          stage.edit([add(idOf(i), { name: 'a' })], { via }),
          stage.edit([change(idOf(i), { name: 'b' })], { via }),
          stage.edit([add(idOf(i + 1), { parentID: idOf(i) })], { via }),
          stage.edit([{ clone: { id: idBytes(i), newId: idBytes(i + 1_000), withChildren: true } }], { via }),
          stage.edit([erase(idOf(i + 1))], { via }),
        ]),
      );
      expect(replies.map(({ errorCode }) => errorCode)).toEqual(['', '', '', '', '']);
    }
    await stage.clock.advanceAsync(100);
    expectEqualReplicas();
    expect(stage.inspect('es-1').count).toBe(15 * 3);
  });

  it('knows at another server at once what was acknowledged by the first', async () => {
    stage = new EntityStage({}, 2);
    await stage.start('es-1');
    await stage.start('es-2');
    for (let i = 1; i <= 10; i++) {
      await stage.during(stage.edit([add(idOf(i))], { via: 'es-1' }), 1_000, 1);
      const reply = await stage.during(stage.edit([change(idOf(i), { name: 'b' })], { via: 'es-2' }), 1_000, 1);
      expect(reply.errorCode).toBe('');
    }
  });

  it('refuses with world-unknown, and says world-unavailable for a world whose storage is away', async () => {
    stage = new EntityStage();
    const server = await stage.start('es-1');
    const request = { world: 'nowhere' };
    expect((await stage.during(stage.edit([add(idOf(1))], request))).errorCode).toBe('world-unknown');
    const { actor } = server;
    stage.bus.partition(server.broker);
    const late = actor.edit('main', requestOf(idOf(1)));
    expect((await stage.during(late, 40_000, 100)).errorCode).toBe('world-unavailable');
    stage.bus.heal(server.broker);
    await stage.clock.advanceAsync(3_000);
    expect((await stage.during(stage.edit([add(idOf(2))]))).errorCode).toBe('');
  });

  it('serves a world that is created while it runs', async () => {
    stage = new EntityStage();
    await stage.start('es-1');
    const bucket = await stage.asker.keyValue('VW_WORLDS');
    await bucket.create('cellar', new TextEncoder().encode('{"createdAtMs":1,"shards":2}'));
    await stage.clock.advanceAsync(2_000);
    expect((await stage.during(stage.edit([add(idOf(1))], { world: 'cellar' }))).errorCode).toBe('');
    expect(Object.keys(stage.writers('cellar'))).toEqual(['0', '1']);
    expect(stage.inspect('es-1').count).toBe(0);
  });
});

describe('Entity-servers that share a world', () => {
  it('have one writer for each shard, and hand over to a newcomer who is preferred', async () => {
    stage = new EntityStage({ worldShards: 8 });
    await stage.start('es-1');
    expect(Object.values(stage.writers())).toEqual(Array.from({ length: 8 }, () => ['es-1']));
    await stage.start('es-2');
    await stage.clock.advanceAsync(10_000);
    const writers = Object.values(stage.writers());
    expect(writers.every((names) => names.length === 1)).toBe(true);
    expect(new Set(writers.flat()).size).toBe(2);
  });

  it('go on within a second when a writer is killed', async () => {
    stage = new EntityStage({}, 1);
    await stage.start('es-1');
    await stage.start('es-2');
    const [writer] = stage.writers()[0];
    const other = writer === 'es-1' ? 'es-2' : 'es-1';
    await stage.kill(writer);
    const startMs = stage.clock.nowMs();
    expect((await stage.during(stage.edit([add(idOf(1))], { via: other }))).errorCode).toBe('');
    expect(stage.clock.nowMs() - startMs).toBeLessThan(1_000);
  });

  it('go on at once when a writer is drained, and lose nothing that was in flight', async () => {
    stage = new EntityStage({}, 1);
    await stage.start('es-1');
    await stage.start('es-2');
    const [writer] = stage.writers()[0];
    const other = writer === 'es-1' ? 'es-2' : 'es-1';
    const edits = Array.from({ length: 50 }, (_, i) => stage.edit([add(idOf(i))], { via: other }));
    const drained = stage.drain(writer);
    const replies = await stage.during(Promise.all(edits));
    await stage.during(drained);
    expect(replies.every(({ errorCode }) => errorCode === '')).toBe(true);
    const startMs = stage.clock.nowMs();
    expect((await stage.during(stage.edit([add(idOf(99))], { via: other }))).errorCode).toBe('');
    expect(stage.clock.nowMs() - startMs).toBeLessThan(400);
    expect(stage.inspect(other).count).toBe(51);
  });

  it('are not harmed by a writer that was cut off and comes back with its old opinion', async () => {
    stage = new EntityStage({}, 1);
    await stage.start('es-1');
    await stage.start('es-2');
    const [name] = stage.writers()[0];
    const other = name === 'es-1' ? 'es-2' : 'es-1';
    const zombie = stage.servers.get(name)!;
    stage.bus.partition(zombie.broker);
    // Asked while it is cut off, so that it still holds the edit when it wakes.
    const held = zombie.actor.edit('main', requestOf(idOf(1)));
    await stage.clock.advanceAsync(800);
    expect((await stage.during(stage.edit([add(idOf(2))], { via: other }))).errorCode).toBe('');
    stage.bus.heal(zombie.broker);
    expect((await stage.during(held)).errorCode).toBeUndefined();
    await stage.clock.advanceAsync(2_000);
    expectEqualReplicas();
    expect(stage.inspect(other).count).toBe(2);
    expect(Object.values(stage.writers()).flat()).toHaveLength(1);
  });
});

describe('Two writers of one shard', () => {
  it('do no harm: the one with the older lease is refused by the log, even if nobody has told it', async () => {
    stage = new EntityStage({}, 1);
    const server = await stage.start('es-1');
    const { replica } = server.actor.world('main')!.open!;
    const metrics = entityServerMetrics(new PrometheusMetrics());
    const makeShard = (instanceId: string, epoch: number): EntityShard =>
      new EntityShard(
        replica,
        5,
        { epoch, isHeld: true, onEnded: () => ({ unsubscribe: () => undefined }) },
        { broker: server.broker, clock: stage.clock, instanceId, metrics, shards: 1, rules: [] },
      );
    const submit = (shard: EntityShard, number: number): Promise<CommitOutcome> => {
      const edits = [{ kind: 'add' as const, id: idOf(number), type: 'Box', properties: {} }];
      const submission = submissionOf({ editId: `z-${number}`, author: { sessionId: 1, name: 'A' }, edits }, 0, 0);
      return stage.during(shard.submit(submission as Submission));
    };
    const [old, young] = [makeShard('old', 1), makeShard('young', 2)];
    await stage.during(old.open());
    expect((await submit(old, 1)).kind).toBe('done');
    await stage.during(young.open());
    expect(await submit(old, 2)).toMatchObject({ kind: 'refused', error: { code: 'world-unavailable' } });
    expect(old.isOpen).toBe(false);
    expect((await submit(young, 3)).kind).toBe('done');
    expect([1, 2, 3].map((number) => replica.world.get(idOf(number)) !== undefined)).toEqual([true, false, true]);
    young.stop();
  });
});

describe('Edits of several authors while servers are killed, drained and cut off', () => {
  it.each([1, 2, 3])('are all there once in all replicas when acknowledged (seed %i)', async (seed) => {
    stage = new EntityStage({ worldShards: 1 + (seed % 3) }, 1);
    const random = new SeededRandom(seed);
    const names = ['es-1', 'es-2', 'es-3'];
    for (const name of names) await stage.start(name);
    const acknowledged = new Set<string>();
    const failed: Reply[] = [];
    let next = 1;
    const author = async (sessionId: number): Promise<void> => {
      for (let i = 0; i < 60; i++) {
        const id = idOf(next++);
        const reply = await persist(id, sessionId, random);
        if (reply.errorCode === '') acknowledged.add(id);
        else failed.push(reply);
      }
    };
    const authors = Promise.all([1, 2, 3, 4].map(author));
    let generation = 3;
    const chaos = async (): Promise<void> => {
      for (let i = 0; i < 12; i++) {
        await new Promise<void>((resolve) => stage.clock.after(400 + random.nextInteger(0, 1_500), resolve));
        const victims = [...stage.servers.keys()];
        const victim = victims[random.nextInteger(0, victims.length - 1)];
        const server = stage.servers.get(victim)!;
        const kind = random.nextInteger(0, 2);
        if (kind === 2) {
          stage.bus.partition(server.broker);
          await new Promise<void>((resolve) => stage.clock.after(random.nextInteger(100, 3_000), resolve));
          stage.bus.heal(server.broker);
          continue;
        }
        stage.servers.delete(victim);
        if (kind === 1) await server.drain();
        else await server.kill();
        stage.launch(`es-${++generation}`);
      }
    };
    await stage.during(Promise.all([authors, chaos()]), 300_000, 10);
    await stage.clock.advanceAsync(15_000);
    expect(failed).toEqual([]);
    expectEqualReplicas();
    const { world } = [...stage.servers.values()][0].actor.world('main')!.open!.replica;
    expect(new Set([...world.entities()].map(({ id }) => id))).toEqual(acknowledged);
    expect(world.size).toBe(240);
  });
});

/** As a gateway does: the same transaction again through any server, until there is an answer that is final. */
async function persist(id: string, sessionId: number, random: SeededRandom): Promise<Reply> {
  const options = { editId: `add-${id}`, author: { sessionId, name: `Author ${sessionId}` } };
  for (;;) {
    try {
      const reply = await stage.edit([add(id)], { ...options, timeoutMs: 3_000 });
      if (reply.errorCode !== 'world-unavailable' && reply.errorCode !== 'world-busy') return reply;
    } catch {
      // Nobody answered: the one that was asked is gone.
    }
    await new Promise<void>((resolve) => stage.clock.after(random.nextInteger(20, 100), resolve));
  }
}

function idBytes(number: number): Uint8Array {
  return new Uint8Array(Buffer.from(idOf(number).replaceAll('-', ''), 'hex'));
}

function requestOf(id: string): vicinity.v1.EntityEditRequest {
  const author = { sessionId: 7, name: 'Ada', powers: POWER.ENTITY_POWER_BUILD };
  return {
    transaction: { editId: `direct-${id}`, author, edits: [add(id)] },
  } as unknown as vicinity.v1.EntityEditRequest;
}
