import { SimClock } from '@app/testing';
import { entityIdToBytes } from '@app/wire';
import { describe, expect, it } from '@jest/globals';
import { BOX, groundOf, idOf, TranslatorBench } from './translator-bench.fixture.js';

const PLACE = { position: { x: 1, y: 2, z: 3 }, name: 'box' };

function bench(isWeb = false): TranslatorBench {
  return new TranslatorBench(new SimClock(), isWeb).query();
}

describe('what a Vircadia client is told of entities', () => {
  it('is what it asks for: a query is the session’s interest', () => {
    const view = { position: { x: 1, y: 2, z: 3 }, direction: { x: 0, y: 0, z: -1 }, halfAngle: 45, farClip: 400 };
    const b = new TranslatorBench(new SimClock(), false);
    expect(b.asked).toEqual([]);
    b.query({ views: [{ ...view, centerRadius: 3 }] });
    const { setInterest } = b.asked[0];
    expect(setInterest?.generation).toBe(1);
    expect(setInterest?.radiusM).toBeCloseTo(400, -1);
    expect(setInterest?.views?.[0].halfAngleRad).toBeCloseTo(Math.PI / 4, 3);
    b.query().query();
    expect(b.asked).toHaveLength(1);
  });

  it('comes again when nobody answers, because the session may not have been served yet', () => {
    const b = bench().tick(250);
    expect(b.asked.length).toBeGreaterThanOrEqual(2);
    const { length } = b.asked;
    b.world();
    b.tick(250);
    expect(b.asked).toHaveLength(length);
  });

  it.each([true, false])('has every property, reliably; web client: %s', (isWeb) => {
    const b = bench(isWeb);
    b.world(b.state(BOX, PLACE, { editedBy: { sessionId: 9 } }));
    b.tick();
    const [record] = b.records(true);
    expect(record).toMatchObject({ id: BOX, type: 'Box', createdUs: 1_000_000 });
    expect(Object.fromEntries(record.properties)).toMatchObject({
      ...PLACE,
      dimensions: expect.anything(),
      shape: 'Cube',
      visible: true,
      damping: expect.closeTo(0.39347, 5),
      lastEditedBy: '76696369-6e69-8479-8000-000000000009',
      simulationOwner: null,
    });
    expect(record.properties.has('privateUserData')).toBe(false);
    const [{ isCompressed, sections, sequence }] = b.all('EntityData');
    expect([isCompressed, sections.length, sequence]).toEqual([true, 1, 1]);
  });

  it('is many in one packet, and no more than the client takes and has acknowledged', () => {
    const b = bench();
    b.world(...Array.from({ length: 1_000 }, (_, i) => b.state(idOf(i), { ...PLACE, name: `thing ${i}` })));
    b.tick(100);
    expect(b.all('EntityData', true)).toHaveLength(32);
    const first = b.records(true).length;
    expect(first).toBeGreaterThan(200);
    for (let i = 0; i < 100; i++) {
      b.pending = 0;
      b.tick();
    }
    expect(b.records(true).map(({ id }) => id)).toEqual(Array.from({ length: 1_000 }, (_, i) => idOf(i)));
  });

  it('is the newest state, however often it changed while there was no room', () => {
    const b = bench();
    b.world(b.state(BOX, PLACE));
    b.isFull = true;
    b.tick();
    for (let i = 0; i < 5; i++) b.news({ states: [b.state(BOX, { name: `name ${i}` }, { isPartial: true })] });
    b.isFull = false;
    b.tick(3);
    expect(b.records(true).map(({ properties }) => properties.get('name'))).toEqual(['name 4']);
    b.news({ states: [b.state(BOX, {}, { isPartial: true, removed: ['name'] })] });
    b.tick();
    expect(b.records(true).at(-1)?.properties.get('name')).toBe('');
    expect(b.records(true).at(-1)?.properties.get('position')).toEqual(PLACE.position);
  });

  it('rises in time, also for edits within one millisecond', () => {
    const b = bench();
    b.world(b.state(BOX, PLACE));
    b.tick();
    const times = [b.records()[0].lastEditedUs];
    const editedAtMs = Math.round(b.clock.wallMs());
    for (let i = 0; i < 3; i++) {
      b.news({ states: [b.state(BOX, { name: `${i}` }, { isPartial: true, editedAtMs })] });
      b.translator.tick?.(b.clock.nowMs());
      times.push(b.records().at(-1)?.lastEditedUs ?? 0);
    }
    expect(times).toEqual([...new Set(times)].sort((a, c) => a - c));
  });

  it('is private only for those who may see it', () => {
    const clock = new SimClock();
    const ground = groundOf(clock);
    const [may, mayNot] = [0, 1].map(() => new TranslatorBench(clock, false, [], ground).query());
    may.world(may.state(BOX, { ...PLACE, privateUserData: 'secret' }));
    mayNot.world(mayNot.state(BOX, PLACE));
    for (const b of [may, mayNot]) b.tick();
    expect(may.records()[0].properties.get('privateUserData')).toBe('secret');
    expect(mayNot.records()[0].properties.has('privateUserData')).toBe(false);
  });

  it('ends with a marker when it wants one, after everything has been told', () => {
    const b = new TranslatorBench(new SimClock(), false).query({ flags: 1 });
    b.news({ isReset: true, states: [b.state(BOX, PLACE)] });
    b.tick(3);
    expect(b.all('EntityQueryInitialResultsComplete')).toEqual([]);
    b.news({ isEverything: true });
    b.tick();
    expect(b.all('EntityQueryInitialResultsComplete')).toEqual([1]);
    b.tick(300);
    expect(b.all('EntityQueryInitialResultsComplete')).toHaveLength(1);
  });

  it('begins anew for a client that has forgotten', () => {
    const b = bench();
    b.world(b.state(BOX, PLACE));
    b.tick();
    b.pending = 0;
    b.query({ connectionId: 2 }).tick();
    expect(b.records(true)).toHaveLength(2);
  });

  it('includes what the wire has no type for as something unseen', () => {
    const b = bench();
    b.world(b.state(BOX, PLACE, { type: 'Empty' }));
    b.tick();
    const [{ type, properties }] = b.records();
    expect([type, properties.get('visible'), properties.get('collisionless')]).toEqual(['Box', false, true]);
    expect(properties.get('position')).toEqual(PLACE.position);
  });

  it('leaves out what fits into no packet, and says the rest', () => {
    const b = bench();
    const noise = Array.from({ length: 20_000 }, (_, i) => ((i * 7_919) % 9_973).toString(36)).join('');
    b.world(b.state(BOX, { ...PLACE, userData: noise.slice(0, 60_000), description: 'short' }));
    b.tick(3);
    const merged = new Map(b.records().flatMap(({ properties }) => [...properties]));
    expect(merged.has('userData')).toBe(false);
    expect([merged.get('description'), merged.get('name')]).toEqual(['short', 'box']);
    expect(b.drops).toContain('vircadia-property-too-large');
    expect(b.records().every(({ lastEditedUs }) => lastEditedUs === b.records()[0].lastEditedUs)).toBe(true);
  });

  it('moves on while it moves by itself', () => {
    const b = bench();
    const moving = { ...PLACE, velocity: { x: 1, y: 0, z: 0 }, damping: 0 };
    b.world(b.state(BOX, moving, { editedAtMs: Math.round(b.clock.wallMs()) - 2_000 }));
    b.tick();
    const [{ properties, simulatedDeltaUs }] = b.records();
    expect((properties.get('position') as { x: number }).x).toBeCloseTo(3, 1);
    expect(simulatedDeltaUs).toBeGreaterThan(1_900_000);
  });

  it('has statistics, once a second', () => {
    const b = bench();
    b.world(b.state(BOX, PLACE));
    b.tick(250);
    expect(b.all('OctreeStats').length).toBeGreaterThanOrEqual(2);
    expect(b.all('OctreeStats')[1].counters.leavesTotal).toBe(1);
  });
});

describe('entities that go', () => {
  it('are erased, after what was told of them has come', () => {
    const b = bench();
    b.world(b.state(BOX, PLACE));
    b.tick();
    b.news({ erased: [entityIdToBytes(BOX)] });
    b.tick(2);
    expect(b.all('EntityErase')).toEqual([]);
    b.pending = 0;
    b.tick();
    expect(b.all('EntityErase', true).map(({ ids }) => ids)).toEqual([[BOX]]);
  });

  it('do not come back before their end has come', () => {
    const b = bench();
    b.world(b.state(BOX, PLACE));
    b.tick();
    b.pending = 0;
    b.news({ erased: [entityIdToBytes(BOX)], states: [] });
    b.tick();
    b.news({ states: [b.state(BOX, { name: 'again' }, { createdAtMs: 2_000 })] });
    b.tick(2);
    expect(b.records()).toHaveLength(1);
    b.pending = 0;
    b.tick();
    expect(b.records().at(-1)?.properties.get('name')).toBe('again');
  });

  it('are unseen for web clients, who do not know how to erase', () => {
    const b = bench(true);
    b.world(b.state(BOX, PLACE));
    b.tick();
    b.news({ erased: [entityIdToBytes(BOX)] });
    b.tick(2);
    expect(b.told.slice(-2).map(({ name }) => name)).toEqual(['EntityData', 'EntityErase']);
    expect(Object.fromEntries(b.records().at(-1)?.properties ?? [])).toMatchObject({
      name: 'box',
      visible: false,
      collisionless: true,
    });
  });

  it('are unseen while they are beyond interest, and seen again when they come back', () => {
    const b = bench();
    b.world(b.state(BOX, PLACE));
    b.tick();
    b.news({ left: [entityIdToBytes(BOX)] });
    b.tick();
    expect(b.records().at(-1)?.properties.get('visible')).toBe(false);
    b.news({ states: [{ ...b.state(BOX, PLACE), revision: 1, editedAtMs: 1_000 }] });
    b.tick();
    const [hidden, shown] = b.records().slice(-2);
    expect(shown.properties.get('visible')).toBe(true);
    expect(shown.lastEditedUs).toBeGreaterThanOrEqual(hidden.lastEditedUs);
    expect(b.all('EntityErase')).toEqual([]);
  });

  it('are unseen when everything is told anew and they are not named', () => {
    const b = bench(true);
    b.world(b.state(BOX, PLACE), b.state(idOf(1), PLACE));
    b.tick();
    b.news({ isReset: true, states: [b.state(idOf(1), PLACE)] });
    b.tick();
    expect(b.records().some(({ properties }) => properties.get('visible') === false)).toBe(false);
    b.news({ isEverything: true });
    b.tick();
    expect(b.records().at(-1)).toMatchObject({ id: BOX });
    expect(b.records().at(-1)?.properties.get('visible')).toBe(false);
  });
});

describe('bodies that move', () => {
  const motion = (b: TranslatorBench, x: number, ownerId = 0): object => ({
    id: entityIdToBytes(BOX),
    atMs: Math.round(b.clock.wallMs()),
    x,
    rotationW: 1,
    ownerId,
  });

  it('are told unreliably, newer each time, with their owner', () => {
    const b = bench(true);
    b.world(b.state(BOX, PLACE));
    b.tick();
    b.motions([motion(b, 5, 9)]);
    b.tick();
    b.motions([motion(b, 6, 0)]);
    const [first, second] = b.records(false);
    expect(first.properties.get('position')).toEqual({ x: 5, y: 0, z: 0 });
    expect(first.properties.get('simulationOwner')).toEqual({
      id: '76696369-6e69-8479-8000-000000000009',
      priority: 127,
    });
    expect(second.properties.get('simulationOwner')).toBeNull();
    expect(second.lastEditedUs).toBeGreaterThan(first.lastEditedUs);
    expect(second.properties.size).toBe(5);
  });

  it('do not overtake what is under way to a native client', () => {
    const b = bench();
    b.world(b.state(BOX, PLACE));
    b.tick();
    b.motions([motion(b, 5)]);
    expect(b.records(false)).toEqual([]);
    b.tick();
    expect(b.records(true).at(-1)?.properties.get('position')).toEqual({ x: 5, y: 0, z: 0 });
    b.pending = 0;
    b.motions([{ ...motion(b, 6), atMs: Math.round(b.clock.wallMs()) + 1 }]);
    expect(b.records(false)).toHaveLength(1);
  });
});
