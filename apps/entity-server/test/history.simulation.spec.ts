import { afterEach, describe, expect, it } from '@jest/globals';
import { type Stream, subjectOf } from '@app/broker';
import { openWorldJournal } from '@app/entities';
import { decodeMessage, encodeMessage } from '@app/wire';
import { add, change, EntityStage, idOf } from './entity-stage.js';

let stage: EntityStage;
afterEach(() => stage.end());

const journal = () => stage.during(openWorldJournal(stage.asker, 'main'));
const stateOf = async (stream: Stream) => stage.during(stream.state());

async function start(name: string): Promise<void> {
  await stage.start(name);
  await stage.eventually(() => stage.isOpen(name));
}

async function editMany(count: number, text = 'x'.repeat(500)): Promise<void> {
  for (let i = 0; i < count; i++) {
    await stage.during(stage.edit([change(idOf(1), { userData: `${i} ${text}` })]));
  }
}

describe('A log with a limit', () => {
  it('of bytes is trimmed, as far as two snapshots have it', async () => {
    const historyBytesMax = 60_000;
    stage = new EntityStage({ tiers: [], historyBytesMax });
    await start('es-1');
    await stage.during(stage.edit([add(idOf(1))]));
    const { stream, snapshots } = await journal();
    const sizes: number[] = [];
    for (let round = 0; round < 8; round++) {
      await editMany(40);
      const made = Math.min(2, Math.floor((round + 1) / 2));
      await stage.clock.advanceAsync(61_000);
      await stage.eventually(async () => (await snapshots.list()).length >= made);
      sizes.push((await stateOf(stream)).sizeBytes);
    }
    expect((await stateOf(stream)).firstSequence).toBeGreaterThan(100);
    expect(Math.max(...sizes)).toBeLessThan(2 * historyBytesMax);
    const kept = await stage.during(snapshots.list());
    expect((await stateOf(stream)).firstSequence).toBeLessThanOrEqual(kept.at(-2)!.sequence + 1);
    const before = stage.inspect('es-1');
    await stage.kill('es-1');
    await start('es-2');
    expect(stage.inspect('es-2')).toMatchObject({ hash: before.hash, count: 1 });
  });

  it('of time keeps what no snapshot has, even if nobody was there for longer', async () => {
    stage = new EntityStage({ tiers: [], historyMsMax: 600_000 });
    await start('es-1');
    await stage.during(stage.edit([add(idOf(1)), add(idOf(2))]));
    await editMany(5);
    const before = stage.inspect('es-1');
    await stage.kill('es-1');
    await stage.clock.advanceAsync(3_600_000);
    await start('es-2');
    expect(stage.inspect('es-2')).toMatchObject({ hash: before.hash, count: 2 });
  });

  it('of time forgets what is too old', async () => {
    stage = new EntityStage({ historyMsMax: 600_000, tiers: [{ name: 'minutely', everyMinutes: 1, keepCount: 2 }] });
    await start('es-1');
    await stage.during(stage.edit([add(idOf(1))]));
    const { stream, snapshots } = await journal();
    for (let minute = 0; minute < 20; minute++) {
      await editMany(1);
      await stage.clock.advanceAsync(61_000);
      await stage.eventually(async () => (await snapshots.list()).length >= Math.min(2, minute));
    }
    const { firstSequence, lastSequence } = await stateOf(stream);
    expect(firstSequence).toBeGreaterThan(5);
    expect(lastSequence - firstSequence).toBeGreaterThanOrEqual(8);
    await stage.kill('es-1');
    await start('es-2');
    expect(stage.inspect('es-2')).toMatchObject({ count: 1 });
  });
});

describe('The keeper of snapshots', () => {
  /** Compression takes real time, so that simulated time alone brings no answer. */
  const ask = async (...labels: string[]): Promise<string[]> => {
    const subject = subjectOf('worldSnapshot', { world: 'main', who: '0' });
    const codes: string[] = [];
    for (const label of labels) {
      const request = encodeMessage('WorldSnapshotRequest', { label });
      void stage.asker.request(subject, request, { timeoutMs: 10_000_000 }).then((reply) => {
        codes.push(decodeMessage('WorldSnapshotReply', reply).errorCode);
      });
    }
    await stage.eventually(() => codes.length === labels.length);
    return codes;
  };

  it('makes one after the other, and refuses more than may wait', async () => {
    stage = new EntityStage({ tiers: [] });
    await start('es-1');
    await stage.during(stage.edit([add(idOf(1))]));
    const codes = await ask(...Array.from({ length: 80 }, () => 'wish'));
    expect(codes.filter((code) => code === '').length).toBeGreaterThanOrEqual(60);
    expect(new Set(codes)).toEqual(new Set(['', 'actor-mailbox-full']));
    const { snapshots } = await journal();
    expect(await stage.during(snapshots.list())).toHaveLength(1);
  });

  it('lives again after a mistake, and does its work', async () => {
    stage = new EntityStage({ tiers: [], snapshotAfterEdits: 10 });
    await start('es-1');
    const { world } = stage.servers.get('es-1')!.actor.world('main')!.open!.replica;
    const encodeParts = world.encodeParts.bind(world);
    world.encodeParts = () => {
      throw new TypeError('a mistake');
    };
    await stage.during(stage.edit([add(idOf(1))]));
    expect(await ask('')).toEqual(['actor-crashed']);
    world.encodeParts = encodeParts;
    await editMany(12, '');
    await stage.clock.advanceAsync(35_000);
    const { snapshots } = await journal();
    await stage.eventually(async () => (await snapshots.list()).length === 1);
    expect(await ask('later')).toEqual(['']);
  });
});
