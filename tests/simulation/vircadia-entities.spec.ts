import { subjectOf } from '@app/broker';
import { SeededRandom } from '@app/testing';
import { sharedNamesOf, toWireProperties, type WireValue } from '@app/vircadia';
import { decodeMessage, encodeMessage } from '@app/wire';
import type { EntityProperties } from '@app/world';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadPhysicsEngine } from '../../apps/entity-server/src/physics/physics-engine.js';
import { EntityStage } from '../../apps/entity-server/test/entity-stage.js';
import { uuidOfSession } from '../../apps/gateway/src/vircadia/identity.js';
import { GatewayKit, type FakeTransport } from '../../apps/gateway/test/gateway-kit.js';
import { EntityView } from '../../web/sdk/src/entities/entity-view.js';
import { RequestNumbers } from '../../web/sdk/src/request-numbers.js';
import { VircadiaBuilder, vircadiaGround } from './vircadia-builder.js';

// Clients of Vircadia and our own in one world, on a virtual clock: the protocol's packets on a network that loses and
// overtakes, a gateway, an entity-server, its log, the SDK's view.

const idOf = (number: number): string => `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
const at = (x: number, y = 0): EntityProperties => ({ position: { x, y, z: 0 } });

let stage: EntityStage;
let kit: GatewayKit;

/** Somebody with our own SDK. */
async function enterOwn(): Promise<EntityView> {
  const client = await kit.client().enter();
  const { transport } = client;
  const numbers = new RequestNumbers();
  const view = new EntityView({ clock: kit.clock, numbers, rttMs: () => 0, ownId: () => client.sessionId });
  kit.clock.every(500, () => client.events.onPong());
  let taken = transport.reliable.length;
  let takenRealtime = transport.realtime.length;
  kit.clock.every(5, () => {
    for (; taken < transport.reliable.length; taken++) {
      view.handle(decodeMessage('ServerReliable', encodeMessage('ServerReliable', transport.reliable[taken])));
    }
    takenRealtime = pumpRealtime(view, transport, takenRealtime);
  });
  view.attach({
    isNewStay: true,
    isResumed: false,
    sendReliable: (bytes) => (transport.events.onReliable(bytes), true),
    sendRealtime: (bytes) => (transport.events.onRealtime(bytes), true),
  });
  return view;
}

function pumpRealtime(view: EntityView, { realtime }: FakeTransport, taken: number): number {
  for (; taken < realtime.length; taken++) {
    const { entityMotions } = decodeMessage('ServerRealtime', realtime[taken]);
    if (entityMotions) view.handleMotions(entityMotions);
  }
  return taken;
}

/** What the world says, as a client of Vircadia would be told. */
function truth(): Map<string, Map<string, WireValue>> {
  const world = stage.servers.get('entity-server-a')?.actor.world('main')?.open?.replica.world;
  return new Map(
    [...(world?.entities() ?? [])].map(({ id, type, properties }) => [id, toWireProperties(type, properties)]),
  );
}

/** Every entity that a client shows, against what is true, within the precision of the wire. */
function expectTrue(builder: VircadiaBuilder): void {
  const expected = truth();
  expect(builder.visible).toEqual([...expected.keys()].sort());
  const wrong: unknown[] = [];
  for (const [id, properties] of expected) {
    const shown = builder.see(id);
    for (const name of sharedNamesOf(builder.shown.get(id)?.type ?? '')) {
      const [one, other] = [rough(shown?.[name]), rough(properties.get(name))];
      if (name !== 'privateUserData' && one !== other) wrong.push([id, name, one, other]);
    }
  }
  expect(wrong).toEqual([]);
}

function rough(value: WireValue | undefined): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'number' ? Math.fround(part).toFixed(3) : part));
}

const settle = (ms = 2_000): Promise<void> => stage.clock.advanceAsync(ms);

beforeAll(() => loadPhysicsEngine());

beforeEach(async () => {
  stage = new EntityStage();
  kit = new GatewayKit(20, 'nobody', stage.clock, stage.bus);
  const server = await stage.start('entity-server-a');
  server.broker.subscribe(subjectOf('entityInterest', { world: 'main' }), ({ data }) =>
    server.actor.handleInterest('main', decodeMessage('EntityInterestTable', Uint8Array.from(data))),
  );
});

afterEach(async () => {
  for (const name of [...stage.servers.keys()]) await stage.kill(name);
});

describe('clients of Vircadia and our own in one world', () => {
  it('see what the others add, change and erase', async () => {
    const ground = vircadiaGround(kit);
    const [vera, walt] = [
      new VircadiaBuilder(kit, false, ground).query(),
      new VircadiaBuilder(kit, true, ground, 2).query(),
    ];
    const ada = await enterOwn();
    await settle();
    vera.edit('EntityAdd', idOf(1), { name: 'crate', position: { x: 1, y: 2, z: 3 }, 'grab.triggerable': true });
    await settle();
    expect(ada.get(idOf(1))?.properties).toEqual({
      name: 'crate',
      position: { x: 1, y: 2, z: 3 },
      grab: { triggerable: true },
    });
    expect(walt.see(idOf(1))).toMatchObject({ name: 'crate', 'grab.triggerable': true, 'grab.grabbable': true });
    expect(vera.see(idOf(1))?.lastEditedBy).toBe(uuidOfSession(vera.sessionId as never));

    vera.edit('EntityEdit', idOf(1), { 'grab.equippable': true, color: { red: 1, green: 2, blue: 3 } });
    await settle();
    expect(ada.get(idOf(1))?.properties).toMatchObject({
      color: { red: 1, green: 2, blue: 3 },
      grab: { triggerable: true, equippable: true },
    });
    await stage.during(ada.change(idOf(1), { name: 'box' }));
    const light = await stage.during(ada.add('Light', { parentID: idOf(1), intensity: 4 }));
    await settle();
    for (const builder of [vera, walt]) {
      expect(builder.see(idOf(1))?.name).toBe('box');
      expect(builder.see(light)).toMatchObject({ parentID: idOf(1), intensity: 4 });
      expectTrue(builder);
    }

    walt.clone(idOf(1), idOf(2));
    walt.erase(idOf(1));
    await settle();
    expect(ada.get(idOf(1))).toBeUndefined();
    expect([...ada].map(({ id }) => id)).toEqual([idOf(2)]);
    for (const builder of [vera, walt]) expectTrue(builder);
  });

  it('are told what is true when they may not do what they want', async () => {
    const ground = vircadiaGround(kit);
    const vera = new VircadiaBuilder(kit, false, ground).query();
    const ada = await enterOwn();
    await settle();
    vera.edit('EntityAdd', idOf(1), { name: 'orphan', parentID: idOf(99) });
    vera.shown.set(idOf(1), { type: 'Box', lastEditedUs: 0, properties: new Map() });
    const id = await stage.during(ada.add('Box', { name: 'fixed', locked: true }));
    await settle();
    expect(vera.visible).toEqual([id]);
    const mine = vera.shown.get(id);
    mine?.properties.set('name', 'mine');
    // As clients do: their own edit is the newest they know.
    if (mine) mine.lastEditedUs = stage.clock.wallMs() * 1_000;
    vera.edit('EntityEdit', id, { name: 'mine' });
    await settle(4_000);
    expect(vera.see(id)?.name).toBe('fixed');
  });

  it('agree in the end, whatever many do at once on a bad network', async () => {
    const ground = vircadiaGround(kit);
    const builders = [1, 2, 3].map((seed) => new VircadiaBuilder(kit, seed === 3, ground, seed).query());
    const ada = await enterOwn();
    await settle();
    const random = new SeededRandom(11);
    const int = (count: number): number => random.nextUint32() % count;
    for (let round = 0; round < 300; round++) {
      const builder = builders[int(3)];
      const id = idOf(1 + int(40));
      const place = { x: int(100), y: int(10), z: 0 };
      const kind = int(10);
      if (kind < 3) builder.edit('EntityAdd', idOf(100 + round), { name: `thing ${round}`, position: place });
      else if (kind < 4) builder.edit('EntityAdd', id, { name: `early ${round}` });
      else if (kind < 8)
        builder.edit('EntityEdit', id, { name: `edit ${round}`, position: place, 'grab.grabbable': int(2) === 0 });
      else if (kind < 9 && builder.visible.length > 5) builder.erase(builder.visible[int(5)]);
      else if (ada.size > 0) void ada.change([...ada][int(ada.size)].id, at(int(50))).catch(() => undefined);
      await stage.clock.advanceAsync(20 + int(60));
    }
    await settle(8_000);
    expect(truth().size).toBeGreaterThan(50);
    expect(ada.size).toBe(truth().size);
    for (const builder of builders) expectTrue(builder);
  });

  it('learn a large world, and when they have all of it', async () => {
    const ada = await enterOwn();
    await settle();
    for (let round = 0; round < 10; round++) {
      const boxes = Array.from(
        { length: 100 },
        (_, i) => ({ kind: 'add', type: 'Box', properties: { ...at(round, i), name: `box ${round} ${i}` } }) as const,
      );
      await stage.during(ada.edit(boxes));
      await stage.clock.advanceAsync(500);
    }
    const ground = vircadiaGround(kit);
    const vera = new VircadiaBuilder(kit, false, ground).query(1);
    const walt = new VircadiaBuilder(kit, true, ground, 2).query(1);
    await settle(10_000);
    for (const builder of [vera, walt]) {
      expect([builder.completeCount, builder.shown.size]).toEqual([1, 1_000]);
      expectTrue(builder);
      // Each once, and about 200 bytes of packets for one.
      expect(builder.recordCount).toBeLessThan(1_100);
      expect(builder.packetBytes).toBeLessThan(300_000);
    }
  });

  it('move bodies for one another', async () => {
    const ground = vircadiaGround(kit);
    const [vera, walt] = [
      new VircadiaBuilder(kit, false, ground).query(),
      new VircadiaBuilder(kit, true, ground, 2).query(),
    ];
    const ada = await enterOwn();
    await settle();
    const properties = { ...at(0, 5), dynamic: true, dimensions: { x: 1, y: 1, z: 1 } };
    const id = await stage.during(ada.add('Box', { ...properties, gravity: { x: 0, y: 0, z: 0 } }));
    await settle();
    const owner = { id: uuidOfSession(vera.sessionId as never), priority: 128 };
    vera.edit('EntityEdit', id, { simulationOwner: owner });
    await settle(500);
    expect(vera.see(id)?.simulationOwner).toEqual(owner);
    for (let step = 1; step <= 40; step++) {
      vera.edit('EntityPhysics', id, { position: { x: step / 10, y: 5, z: 0 } });
      await stage.clock.advanceAsync(33);
    }
    await settle(300);
    expect((walt.see(id)?.position as { x: number }).x).toBeCloseTo(4, 0);
    expect(walt.see(id)?.simulationOwner).toMatchObject({ id: owner.id });
    vera.edit('EntityPhysics', id, { simulationOwner: null });
    await settle(6_000);
    for (const builder of [vera, walt]) {
      expect(builder.see(id)?.simulationOwner).toBeNull();
      expect((builder.see(id)?.position as { x: number }).x).toBeCloseTo(4, 0);
    }
    expect((ada.get(id)?.properties.position as { x: number }).x).toBeCloseTo(4, 0);
  });
});
