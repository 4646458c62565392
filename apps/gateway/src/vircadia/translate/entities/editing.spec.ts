import { SimClock } from '@app/testing';
import {
  encodeMessage,
  decodeMessage,
  entityIdToBytes,
  type MessageFields,
  readEntityId,
  unpackProperties,
} from '@app/wire';
import type { EntityProperties } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import { uuidOfSession } from '../../identity.js';
import { bytesOf, VECTORS } from '../../../../../../libs/vircadia/test/vectors.js';
import { BOX, idOf, OWN_SESSION, TranslatorBench } from './translator-bench.fixture.js';

type Answer = 'done' | 'none' | string;

/** A bench whose session answers every request for edits at once. */
function bench(answer: (edits: MessageFields<'EditEntities'> & object) => Answer = () => 'done'): TranslatorBench {
  const b: TranslatorBench = new TranslatorBench(new SimClock(), false, [], undefined, ({ editEntities }) => {
    if (!editEntities) return;
    const code = answer(editEntities);
    const request = editEntities.request ?? 0;
    if (code === 'done') b.hear({ entitiesEdited: { request, sequence: 1 } });
    else if (code !== 'none') b.hear({ requestFailed: { request, code, text: 'No.' } });
  });
  return b.query();
}

/** What was asked for, in plain words. */
function asked(b: TranslatorBench): object[] {
  return b.edits.flatMap(({ edits }) =>
    (edits ?? []).map((edit) => {
      const { add, change, erase, clone } = decodeMessage('EntityEdit', encodeMessage('EntityEdit', edit));
      if (add) return { add: readEntityId(add.id), type: add.type, ...unpackProperties(add.properties) };
      if (change) return { change: readEntityId(change.id), ...unpackProperties(change.properties) };
      if (clone) return { clone: readEntityId(clone.id), to: readEntityId(clone.newId) };
      return { erase: readEntityId(erase?.id) };
    }),
  );
}

const known = (b: TranslatorBench, properties: EntityProperties = { name: 'box' }): TranslatorBench => {
  b.world(b.state(BOX, properties));
  b.tick(2);
  b.pending = 0;
  return b;
};

describe('what a Vircadia client edits', () => {
  it('is added, without what is as it would be anyway', () => {
    const b = bench();
    const properties = {
      name: 'mine',
      position: { x: 1, y: 2, z: 0.1 },
      visible: true,
      alpha: 0.5,
      renderLayer: 1,
      color: { red: 255, green: 255, blue: 255 },
      'grab.grabbable': false,
      collisionMask: 5,
      queryAACube: { corner: { x: 0, y: 0, z: 0 }, size: 1 },
    };
    b.edit('EntityAdd', { properties });
    b.tick();
    expect(asked(b)).toEqual([
      {
        add: BOX,
        type: 'Box',
        name: 'mine',
        position: { x: 1, y: 2, z: 0.1 },
        alpha: 0.5,
        renderLayer: 'front',
        grab: { grabbable: false },
        collisionMask: 5,
        collidesWith: 'static,kinematic,',
      },
    ]);
    expect(b.all('EntityErase')).toEqual([]);
  });

  it('is gone again when it was added in vain', () => {
    const b = bench(() => 'edit-refused');
    b.edit('EntityAdd', { properties: { name: 'mine' } });
    b.tick(2);
    expect(b.all('EntityErase').map(({ ids }) => ids)).toEqual([[BOX]]);
  });

  it('is not remembered for ever when it was added in vain by somebody who does not listen', () => {
    const b = bench(() => 'edit-refused');
    b.pending = 1_000;
    for (let count = 0; count < 20_000; count++) {
      b.edit('EntityAdd', { id: idOf(count), properties: { name: 'x'.repeat(50) } });
      if (count % 50 === 0) b.tick();
    }
    b.pending = 0;
    for (let turn = 0; turn < 1_000; turn++) {
      b.tick();
      b.pending = 0;
    }
    const told = b.all('EntityErase').flatMap(({ ids }) => ids);
    expect(told.length).toBeGreaterThan(500);
    // Some of them were refused when there was room again.
    expect(told.length).toBeLessThan(8_000);
  });

  it('is changed; groups keep what was not set, and values what is the same on the wire', () => {
    const b = known(bench(), {
      grab: { grabbable: false, triggerable: true },
      damping: 0.39347,
      position: { x: 0.1, y: 1e-9, z: 3 },
    });
    b.edit('EntityEdit', {
      properties: { 'grab.equippable': true, damping: Math.fround(0.39347), position: { x: 0.1, y: 1e-9, z: 3 } },
    });
    b.tick();
    expect(asked(b)).toEqual([
      {
        change: BOX,
        grab: { grabbable: false, triggerable: true, equippable: true },
        damping: 0.39347,
        position: { x: 0.1, y: 1e-9, z: 3 },
      },
    ]);
  });

  it('is told as it is when the change was refused, newer than the client’s own', () => {
    const b = known(bench(() => 'edit-refused'));
    const lastEditedUs = b.wallUs + 1_000_000;
    b.edit('EntityEdit', { lastEditedUs, properties: { name: 'other' } });
    b.tick(3);
    const record = b.records().at(-1);
    expect(record?.properties.get('name')).toBe('box');
    expect(record?.lastEditedUs).toBeGreaterThan(lastEditedUs);
  });

  it('is one request at a time for each entity, and the newest of what came meanwhile', () => {
    const b = known(bench(() => 'none'));
    for (let i = 0; i < 10; i++) {
      b.edit('EntityEdit', { properties: { position: { x: i, y: 0, z: 0 }, ...(i === 3 ? { name: 'three' } : {}) } });
      b.tick();
    }
    expect(asked(b)).toHaveLength(1);
    b.hear({ entitiesEdited: { request: b.edits[0].request } });
    b.tick();
    expect(asked(b)[1]).toEqual({ change: BOX, position: { x: 9, y: 0, z: 0 }, name: 'three' });
  });

  it('waits until its entity has been added', () => {
    const b = bench(() => 'none');
    b.edit('EntityAdd', { properties: { name: 'mine' } });
    b.tick();
    b.edit('EntityEdit', { properties: { 'grab.triggerable': true } });
    b.edit('EntityEdit', { properties: { 'grab.equippable': true } });
    b.tick();
    expect(asked(b)).toHaveLength(1);
    b.hear({ entitiesEdited: { request: b.edits[0].request } });
    b.tick();
    expect(asked(b)[1]).toEqual({ change: BOX, grab: { triggerable: true, equippable: true } });
  });

  it('does not undo what is newer, when a lost packet comes again', () => {
    const b = known(bench());
    const early = b.wallUs;
    b.edit('EntityEdit', { lastEditedUs: early + 10, properties: { name: 'late' } });
    b.edit('EntityEdit', { lastEditedUs: early, properties: { name: 'early', description: 'early' } });
    b.tick();
    expect(asked(b)).toEqual([{ change: BOX, name: 'late', description: 'early' }]);
  });

  it('is nothing that it does not know', () => {
    const b = known(bench());
    b.edit('EntityEdit', { id: idOf(9), properties: { name: 'x' } });
    b.edit('EntityEdit', { type: 'Light', properties: { intensity: 1 } });
    b.packet('EntityErase', { sequence: 5, sentUs: 1, ids: [idOf(9)] });
    b.tick();
    expect(asked(b)).toEqual([]);
    expect(b.drops).toHaveLength(3);
  });

  it('is erased and copied', () => {
    const b = known(bench());
    b.packet('EntityClone', { sequence: 1, sentUs: 1, originalId: BOX, newId: idOf(2) });
    b.packet('EntityErase', { sequence: 2, sentUs: 1, ids: [BOX] });
    b.tick();
    expect(asked(b)).toEqual([{ clone: BOX, to: idOf(2) }, { erase: BOX }]);
  });

  it('is many at once in few requests; one that is refused costs only itself', () => {
    const bad = idOf(50);
    const b = bench(({ edits }) =>
      edits?.some(({ add }) => readEntityId(add?.id) === bad) ? 'property-invalid' : 'done',
    );
    for (let i = 0; i < 300; i++) b.edit('EntityAdd', { id: idOf(i), properties: { name: `thing ${i}` } });
    b.tick(400);
    const done = new Set(
      b.edits.flatMap(({ edits }) => {
        const ids = (edits ?? []).map(({ add }) => readEntityId(add?.id));
        return ids.includes(bad) ? [] : ids;
      }),
    );
    expect(done.size).toBe(299);
    expect(b.all('EntityErase').flatMap(({ ids }) => ids)).toEqual([bad]);
  });

  it('is tried again when it was too much, but not for ever', () => {
    let count = 0;
    const b = bench(() => (++count < 4 ? 'rate-limited' : 'done'));
    b.edit('EntityAdd', { properties: { name: 'x' } });
    b.tick(300);
    expect([count, b.all('EntityErase').length]).toEqual([4, 0]);
    const never = bench(() => 'rate-limited');
    never.edit('EntityAdd', { properties: { name: 'x' } });
    never.tick(2_000);
    expect(never.all('EntityErase')).toHaveLength(1);
    expect(never.edits.length).toBeLessThan(30);
  });

  it('is asked for again when packets are missing', () => {
    const b = known(bench());
    for (const sequence of [1, 2, 5]) b.packet('EntityErase', { sequence, sentUs: 1, ids: [] });
    b.tick(150);
    expect(b.all('EntityEditNack')).toEqual([[3, 4]]);
    b.packet('EntityErase', { sequence: 3, sentUs: 1, ids: [] });
    b.tick(100);
    expect(b.all('EntityEditNack').at(-1)).toEqual([4]);
    b.tick(1_000);
    expect(b.all('EntityEditNack')).toHaveLength(3);
  });
});

describe('packets of the specification', () => {
  const payloadOf = (name: string): Uint8Array => {
    const vector = VECTORS.find((one) => one.name === name);
    if (!vector) throw new Error(`there is no vector ${name}`);
    return bytesOf(vector).subarray(vector.fields.payloadOffset);
  };

  it('are understood', () => {
    const b = bench();
    b.bytes('EntityAdd', payloadOf('EntityAdd Box'));
    b.tick();
    expect(asked(b)).toHaveLength(1);
    const [{ add }] = asked(b) as Array<{ add: string }>;
    b.world(b.state(add, {}));
    b.tick();
    b.bytes('EntityEdit', payloadOf('EntityEdit two edits in one packet'));
    b.bytes('EntityErase', payloadOf('EntityErase client'));
    b.bytes('EntityClone', payloadOf('EntityClone client'));
    b.bytes('EntityQuery', payloadOf('live session: first EntityQuery'));
    b.bytes('OctreeDataNack', payloadOf('OctreeDataNack'));
    b.tick(200);
    expect(asked(b).length).toBeGreaterThan(1);
    expect(asked(b)[0]).toMatchObject({ type: 'Box' });
  });
});

describe('bodies that a Vircadia client moves', () => {
  const OWN = { id: uuidOfSession(OWN_SESSION), priority: 128 };
  const BODY = { dynamic: true, position: { x: 1, y: 1, z: 1 } };

  it('are claimed by a bid, granted, and moved by its physics', () => {
    const b = known(bench(), BODY);
    b.edit('EntityEdit', { properties: { simulationOwner: OWN } });
    b.tick();
    expect(b.asked.at(-1)).toEqual({ claimEntity: { id: entityIdToBytes(BOX), priority: 128 } });
    expect(b.records(false).at(-1)?.properties.get('simulationOwner')).toEqual(OWN);
    b.edit('EntityPhysics', { properties: { position: { x: 2, y: 1, z: 1 } } });
    b.tick();
    expect(b.moved).toHaveLength(1);
    expect(b.moved[0].entityMotion).toMatchObject({ x: 2, y: 1, z: 1, rotationW: 1 });
    for (let i = 0; i < 10; i++) b.edit('EntityPhysics', { properties: { position: { x: i, y: 1, z: 1 } } });
    b.tick(10);
    expect(b.moved).toHaveLength(2);
    expect(asked(b)).toEqual([]);
  });

  it('are let go by a bid for nobody, and after silence', () => {
    const b = known(bench(), BODY);
    b.edit('EntityPhysics', {
      properties: { simulationOwner: { ...OWN, priority: 2 }, velocity: { x: 1, y: 0, z: 0 } },
    });
    b.tick();
    expect(b.asked.at(-1)?.claimEntity?.priority).toBe(3);
    b.edit('EntityPhysics', { properties: { simulationOwner: null } });
    expect(b.asked.at(-1)?.claimEntity?.priority).toBe(0);
    b.edit('EntityEdit', { properties: { simulationOwner: OWN } });
    b.tick(1_000);
    const claims = b.asked.filter(({ claimEntity }) => claimEntity).length;
    expect(claims).toBeGreaterThan(5);
    b.tick(500);
    expect(b.asked.filter(({ claimEntity }) => claimEntity)).toHaveLength(claims);
  });

  it('are somebody else’s when the server says so', () => {
    const b = known(bench(), BODY);
    b.edit('EntityEdit', { properties: { simulationOwner: OWN } });
    b.tick(200);
    b.motions([{ id: entityIdToBytes(BOX), atMs: Math.round(b.clock.wallMs()), x: 9, rotationW: 1, ownerId: 9 }]);
    expect(b.records(false).at(-1)?.properties.get('simulationOwner')).toMatchObject({ id: uuidOfSession(9) });
    b.edit('EntityEdit', { properties: { simulationOwner: null } });
    expect(b.asked.at(-1)?.claimEntity?.priority).not.toBe(0);
  });

  it('are edited like anything else when the server does not simulate them', () => {
    const b = known(bench());
    b.edit('EntityPhysics', { properties: { simulationOwner: OWN, position: { x: 2, y: 1, z: 1 } } });
    b.tick();
    expect(asked(b)).toEqual([{ change: BOX, position: { x: 2, y: 1, z: 1 } }]);
    expect(b.asked.some(({ claimEntity }) => claimEntity)).toBe(false);
  });
});
