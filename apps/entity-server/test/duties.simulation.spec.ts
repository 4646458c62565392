import { afterEach, describe, expect, it } from '@jest/globals';
import { subjectOf } from '@app/broker';
import { SNAPSHOTS_BUCKET } from '@app/entities';
import { SnapshotStore } from '@app/journal';
import { decodeMessage, encodeMessage, entityIdOfBytes, type vicinity } from '@app/wire';
import { POWER } from '../src/rules/edit-rule.js';
import { add, change, EntityStage, erase, idOf } from './entity-stage.js';

let stage: EntityStage;
afterEach(() => stage.end());

function countAt(name: string): number {
  return stage.inspect(name).count;
}

describe('Lifetimes', () => {
  it('end entities at their time, with their children', async () => {
    stage = new EntityStage();
    await stage.start('es-1');
    await stage.during(stage.edit([add(idOf(1), { lifetime: 10 }), add(idOf(2), { parentID: idOf(1) }), add(idOf(3))]));
    await stage.clock.advanceAsync(9_500);
    expect(countAt('es-1')).toBe(3);
    await stage.clock.advanceAsync(700);
    expect(countAt('es-1')).toBe(1);
  });

  it('follow what is changed: longer, shorter, for ever', async () => {
    stage = new EntityStage();
    await stage.start('es-1');
    await stage.during(stage.edit([1, 2, 3].map((n) => add(idOf(n), { lifetime: 10 }))));
    await stage.during(
      stage.edit([
        change(idOf(1), { lifetime: 30 }),
        change(idOf(2), { lifetime: 2 }),
        change(idOf(3), { lifetime: -1 }),
      ]),
    );
    const countsAt: number[] = [];
    for (const ms of [3_000, 12_000, 20_000]) {
      await stage.clock.advanceAsync(ms);
      countsAt.push(countAt('es-1'));
    }
    expect(countsAt).toEqual([2, 2, 1]);
  });

  it('survive that everybody is gone for a while, and a change of the writer', async () => {
    stage = new EntityStage();
    await stage.start('es-1');
    await stage.during(stage.edit([add(idOf(1), { lifetime: 20 }), add(idOf(2), { lifetime: 40 })]));
    await stage.kill('es-1');
    await stage.clock.advanceAsync(25_000);
    await stage.start('es-2', 3_000);
    expect(countAt('es-2')).toBe(1);
    await stage.start('es-3');
    await stage.kill('es-2');
    await stage.clock.advanceAsync(20_000);
    expect(countAt('es-3')).toBe(0);
  });

  it('end nothing with which something locked would go, until it is unlocked', async () => {
    stage = new EntityStage();
    await stage.start('es-1');
    const powers = POWER.ENTITY_POWER_BUILD | POWER.ENTITY_POWER_LOCK;
    const lock = (n: number, locked: boolean) => change(idOf(n), { locked });
    const tree = [add(idOf(1), { lifetime: 10 }), add(idOf(2), { parentID: idOf(1) })];
    await stage.during(stage.edit([...tree, add(idOf(3), { parentID: idOf(2) }), add(idOf(4), { lifetime: 10 })]));
    await stage.during(stage.edit([lock(3, true), lock(4, true)], { powers }));
    await stage.clock.advanceAsync(60_000);
    expect(countAt('es-1')).toBe(4);
    await stage.during(stage.edit([lock(3, false)], { powers }));
    await stage.clock.advanceAsync(6_000);
    expect(countAt('es-1')).toBe(1);
    await stage.during(stage.edit([lock(4, false)], { powers }));
    await stage.clock.advanceAsync(6_000);
    expect(countAt('es-1')).toBe(0);
  });

  it('are capped for visitors, and end a thousand things at once', async () => {
    stage = new EntityStage({ temporaryLifetimeSMax: 5 });
    await stage.start('es-1');
    const many = Array.from({ length: 1_000 }, (_, n) => add(idOf(n)));
    const reply = await stage.during(stage.edit(many, { powers: POWER.ENTITY_POWER_BUILD_TEMPORARY }));
    expect(reply.errorCode).toBe('');
    const more = await stage.during(stage.edit([add(idOf(2_000))], { powers: POWER.ENTITY_POWER_BUILD_TEMPORARY }));
    expect(more.errorCode).toBe('entity-limit');
    await stage.clock.advanceAsync(7_000);
    expect(countAt('es-1')).toBe(0);
  });
});

describe('Snapshots', () => {
  const store = async (): Promise<SnapshotStore> =>
    new SnapshotStore(await stage.asker.objectStore(SNAPSHOTS_BUCKET), 'main');
  const list = async () => (await store()).list();
  const ask = async (label = ''): Promise<vicinity.v1.WorldSnapshotReply> => {
    const subject = subjectOf('worldSnapshot', { world: 'main', who: '0' });
    const request = encodeMessage('WorldSnapshotRequest', { label });
    let reply: Uint8Array | undefined;
    void stage.asker.request(subject, request, { timeoutMs: 1_000_000 }).then((data) => (reply = data));
    await stage.eventually(() => reply !== undefined);
    return decodeMessage('WorldSnapshotReply', reply!);
  };
  const start = async (name: string): Promise<void> => {
    await stage.start(name);
    await stage.eventually(() => stage.isOpen(name));
  };

  it('are made when somebody asks, and are where the next start begins', async () => {
    stage = new EntityStage({ tiers: [] });
    await start('es-1');
    await stage.during(stage.edit([add(idOf(1)), add(idOf(2))]));
    const reply = await ask('before the party');
    expect(reply).toMatchObject({ errorCode: '', count: 2, sequence: 2 });
    expect(reply.sizeBytes).toBeGreaterThan(100);
    await stage.during(stage.edit([erase(idOf(1))]));
    const before = stage.inspect('es-1');
    await stage.kill('es-1');
    await start('es-2');
    expect(stage.inspect('es-2')).toMatchObject({ hash: before.hash, count: 1 });
    const [info] = await stage.during(list());
    expect(info).toMatchObject({ label: 'before the party', sequence: 2, count: 2 });
    expect((await ask('x'.repeat(65))).errorCode).toBe('edit-invalid');
  });

  it('are made after many edits, and only the newest of these are kept', async () => {
    stage = new EntityStage({ tiers: [], snapshotAfterEdits: 100 });
    await start('es-1');
    let total = 0;
    // Of what comes within a minute, half has to be new.
    for (const length of [120, 130, 260, 520]) {
      const edits = Array.from({ length }, (_, n) => stage.edit([add(idOf(total + n))]));
      await stage.during(Promise.all(edits));
      total += length;
      await stage.eventually(async () => (await list()).some(({ count }) => count === total));
    }
    await stage.eventually(async () => (await list()).length === 2);
    expect((await stage.during(list())).map(({ count }) => count)).toEqual([510, 1_030]);
  });

  it('are made after many edits although each was done under another owner', async () => {
    stage = new EntityStage({ tiers: [], snapshotAfterEdits: 12 });
    for (let round = 0; round < 4; round++) {
      await start(`es-${round}`);
      for (let n = 0; n < 4; n++) await stage.during(stage.edit([add(idOf(round * 10 + n))]));
      await stage.kill(`es-${round}`);
      await stage.clock.advanceAsync(5_000);
    }
    await start('es-last');
    await stage.eventually(async () => (await list()).length > 0);
  });

  it('keep the name under which they were made while nothing changes', async () => {
    stage = new EntityStage({ tiers: [] });
    await start('es-1');
    await stage.during(stage.edit([add(idOf(1))]));
    const first = await ask();
    expect(await ask('mine')).toMatchObject({ errorCode: '', sequence: first.sequence });
    expect(await ask('other')).toMatchObject({ errorCode: 'edit-invalid' });
    expect(await ask()).toMatchObject({ errorCode: '', sequence: first.sequence });
    const infos = await stage.during(list());
    expect(infos.map(({ label, sequence }) => ({ label, sequence }))).toEqual([
      { label: 'mine', sequence: first.sequence },
    ]);
  });

  it('roll: as often as a tier says, if something has changed, and as many as it says', async () => {
    const tiers = [
      { name: 'minutely', everyMinutes: 1, keepCount: 5 },
      { name: 'hourly', everyMinutes: 60, keepCount: 2 },
    ];
    stage = new EntityStage({ tiers });
    await start('es-1');
    for (let round = 0; round < 8; round++) {
      await stage.during(stage.edit([add(idOf(round))]));
      await stage.clock.advanceAsync(71_000);
      await stage.eventually(async () => (await list()).some(({ count }) => count === round + 1));
    }
    await stage.clock.advanceAsync(180_000);
    const kept = await stage.during(list());
    // The first one is still there for the hour.
    expect(kept.map(({ count }) => count)).toEqual([1, 4, 5, 6, 7, 8]);
    expect(kept.map(({ tiers: names }) => names.includes('hourly'))).toEqual([true, false, false, false, false, false]);
  });

  it('that cannot be read are passed over for an older one and the log', async () => {
    stage = new EntityStage({ tiers: [] });
    await start('es-1');
    await stage.during(stage.edit([add(idOf(1))]));
    await ask('good');
    await stage.during(stage.edit([add(idOf(2))]));
    const { sequence } = await ask('bad');
    const before = stage.inspect('es-1');
    await stage.kill('es-1');
    const objects = await stage.during(stage.asker.objectStore(SNAPSHOTS_BUCKET));
    const bad = (await stage.during(objects.list('main/'))).find(({ name }) => name.endsWith(`${sequence}`))!;
    await stage.during(objects.put(bad.name, new Uint8Array([1, 2, 3]), bad.metadata));
    await start('es-2');
    expect(stage.inspect('es-2').hash).toBe(before.hash);
  });
});

describe('The table of sounds', () => {
  /** Tables as mixers hear them. */
  const listen = (): vicinity.v1.EntitySoundTable[] => {
    const tables: vicinity.v1.EntitySoundTable[] = [];
    stage.asker.subscribe(subjectOf('entitySound', { world: 'main' }), ({ data }) => {
      tables.push(decodeMessage('EntitySoundTable', data));
    });
    return tables;
  };

  it('is told every 2 s and soon after a change, by one server', async () => {
    stage = new EntityStage();
    const tables = listen();
    await stage.start('es-1');
    await stage.start('es-2');
    tables.length = 0;
    await stage.clock.advanceAsync(10_000);
    expect(tables).toHaveLength(5);
    tables.length = 0;
    await stage.during(stage.edit([add(idOf(1), { soundURL: 'https://example.org/a.mp3', volume: 2 }, 'Sound')]));
    await stage.clock.advanceAsync(100);
    expect(tables.at(-1)?.sounds).toMatchObject([{ url: 'https://example.org/a.mp3', volume: 2, loop: true }]);
  });

  it('is told at most four times a second, whatever is edited', async () => {
    stage = new EntityStage();
    const tables = listen();
    await stage.start('es-1');
    await stage.during(stage.edit([add(idOf(1), { soundURL: 'https://example.org/a.mp3' }, 'Sound')]));
    await stage.clock.advanceAsync(1_000);
    tables.length = 0;
    for (let n = 0; n < 40; n++) {
      void stage.edit([change(idOf(1), { volume: n / 40 })]);
      await stage.clock.advanceAsync(50);
    }
    await stage.clock.advanceAsync(1_000);
    expect(tables.length).toBeLessThanOrEqual(13);
    expect(tables.at(-1)!.sounds[0].volume).toBeCloseTo(39 / 40);
  });

  it('has sounds and zones where they are in the world, and when sounds began', async () => {
    stage = new EntityStage();
    const tables = listen();
    await stage.start('es-1');
    const half = Math.SQRT1_2;
    await stage.during(
      stage.edit([
        add(idOf(1), { position: { x: 10, y: 0, z: 0 }, rotation: { x: 0, y: half, z: 0, w: half } }),
        add(
          idOf(2),
          { parentID: idOf(1), position: { x: 0, y: 0, z: -2 }, soundURL: 'atp:/a.wav', loop: false },
          'Sound',
        ),
        add(
          idOf(3),
          {
            reverbEnabled: true,
            reverbTime: 2,
            dimensions: { x: 4, y: 4, z: 4 },
            registrationPoint: { x: 0, y: 0, z: 0 },
          },
          'Zone',
        ),
        add(idOf(4), {}, 'Zone'),
        add(idOf(5), { soundURL: '' }, 'Sound'),
      ]),
    );
    await stage.clock.advanceAsync(5_000);
    const { sounds, zones } = tables.at(-1)!;
    expect(sounds.map(({ id }) => entityIdOfBytes(id!))).toEqual([idOf(2)]);
    // Turned by 90 degrees to the left, what is ahead (-z) is at the left (-x).
    expect(sounds[0].position!.x).toBeCloseTo(8);
    expect(sounds[0].position!.z).toBeCloseTo(0);
    expect(zones).toMatchObject([{ reverbDecayS: 2, position: { x: 2, y: 2, z: 2 } }]);
    const startedAtMs = sounds[0].startedAtMs!;
    await stage.during(stage.edit([change(idOf(2), { position: { x: 1, y: 0, z: 0 } })]));
    await stage.clock.advanceAsync(100);
    expect(tables.at(-1)!.sounds[0].startedAtMs).toBe(startedAtMs);
    await stage.during(stage.edit([change(idOf(2), { playing: false })]));
    await stage.clock.advanceAsync(300);
    expect(tables.at(-1)!.sounds).toEqual([]);
    await stage.during(stage.edit([change(idOf(2), { playing: true })]));
    await stage.clock.advanceAsync(300);
    expect(tables.at(-1)!.sounds[0].startedAtMs).toBeGreaterThan(startedAtMs + 5_000);
  });
});
