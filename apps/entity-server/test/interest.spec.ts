import { describe, expect, it } from '@jest/globals';
import { entityIdToBytes, packProperties, vicinity } from '@app/wire';
import type { EntityId, EntityProperties } from '@app/world';
import { findError, InterestOracle } from './interest-oracle.js';
import { InterestStage, type StageViewer } from './interest-stage.js';

const UNTURNED = { x: 0, y: 0, z: 0, w: 1 };

function box(x: number, more: EntityProperties = {}): EntityProperties {
  return { position: { x, y: 0, z: 0 }, rotation: UNTURNED, dimensions: { x: 1, y: 1, z: 1 }, ...more };
}

function at(x: number): { x: number; y: number; z: number } {
  return { x, y: 0, z: 0 };
}

describe('those who come', () => {
  it('are told the hundred most important of 10,000 entities in the first tick', () => {
    const stage = new InterestStage(5);
    const { random } = stage;
    for (let i = 0; i < 10_000; i++) {
      const position = { x: 800 * random.next() - 400, y: 0, z: 800 * random.next() - 400 };
      stage.put(box(0, { position, userData: 'x'.repeat(200) }));
    }
    stage.load();
    const view = { position: at(0), direction: { x: 1, y: 0, z: 0 }, halfAngleRad: 0.7 };
    const viewer = stage.addViewer(at(0), { radiusM: 1_000, views: [view] });
    stage.sendTables();
    stage.tick();
    const seen = [...stage.entities.values()]
      .map(({ id, properties }) => ({ id, position: properties.position as { x: number; z: number } }))
      .filter(({ position: { x, z } }) => Math.atan2(Math.abs(z), x) < 0.7)
      .sort(({ position: a }, { position: b }) => Math.hypot(a.x, a.z) - Math.hypot(b.x, b.z))
      .slice(0, 100);
    for (const { id } of seen) expect(viewer.model.entities.has(id)).toBe(true);
    expect(viewer.model.everythingOf).toBe(-1);
    stage.run(10_000);
    expect(viewer.model.entities.size).toBe(10_000);
    expect(viewer.model.everythingOf).toBe(1);
    expect(viewer.model.statesCount).toBe(10_000);
  });

  it('learn at once when there is nothing', () => {
    const stage = new InterestStage(1);
    const viewer = stage.addViewer(at(0));
    stage.sendTables();
    stage.tick();
    expect(viewer.model.everythingOf).toBe(1);
  });
});

describe('changes', () => {
  it('are told with what has changed only, once for several', () => {
    const stage = new InterestStage(2);
    const id = stage.put(box(1, { name: 'a', userData: 'x'.repeat(5_000) }));
    stage.load();
    const viewer = stage.addViewer(at(0));
    stage.run(100);
    const before = viewer.model.reliableBytes;
    const { properties } = stage.entities.get(id)!;
    const rest = Object.fromEntries(Object.entries(properties).filter(([name]) => name !== 'name'));
    stage.commit([{ id, properties: { ...properties, name: 'b' } }]);
    stage.commit([{ id, properties: { ...properties, name: 'c' } }]);
    stage.commit([{ id, properties: rest }]);
    stage.tick();
    expect(viewer.model.statesCount).toBe(2);
    expect(viewer.model.reliableBytes - before).toBeLessThan(200);
    expect(viewer.model.entities.get(id)?.properties).toEqual(rest);
    expect(viewer.model.knownSequence).toBe(3);
  });

  it('reach only those who are near', () => {
    const stage = new InterestStage(2);
    const id = stage.put(box(0));
    stage.load();
    const near = stage.addViewer(at(0), { radiusM: 50 });
    const far = stage.addViewer(at(500), { radiusM: 50 });
    stage.run(100);
    const bytes = far.model.reliableBytes;
    stage.commit([{ id, properties: box(1) }]);
    stage.run(100);
    expect(near.model.statesCount).toBe(2);
    expect(far.model.reliableBytes).toBe(bytes);
  });

  it('of an entity that is erased and added again before it was told leave the new one', () => {
    const stage = new InterestStage(2);
    const id = stage.put(box(1));
    stage.load();
    const viewer = stage.addViewer(at(0));
    stage.run(100);
    stage.commit([{ id, properties: undefined }]);
    stage.commit([{ id, type: 'Text', properties: box(2) }]);
    stage.run(100);
    expect(viewer.model.entities.get(id)?.type).toBe('Text');
    stage.commit([{ id, properties: undefined }]);
    stage.run(100);
    expect(viewer.model.entities.size).toBe(0);
  });

  it('of something very large are told in a message of its own', () => {
    const stage = new InterestStage(2);
    for (let i = 0; i < 100; i++) stage.put(box(i / 10, { userData: 'x'.repeat(900) }));
    stage.put(box(1, { userData: 'x'.repeat(60_000), text: 'y'.repeat(60_000) }));
    stage.load();
    const viewer = stage.addViewer(at(0));
    stage.run(3_000);
    expect(viewer.model.entities.size).toBe(101);
    expect(viewer.model.largestMessageBytes).toBeGreaterThan(120_000);
    expect(viewer.model.largestMessageBytes).toBeLessThan(121_000);
  });
});

describe('what is private', () => {
  const secret = { privateUserData: 'secret', userData: 'known' };

  it('is told to the author and to those who may see it, and to nobody else', () => {
    const stage = new InterestStage(10);
    const id = stage.put(box(1, secret));
    stage.load();
    // Entities of the stage are added by session 7.
    for (let i = 0; i < 7; i++) stage.addViewer(at(0));
    const [other, allowed] = stage.viewers.values();
    const author = stage.viewers.get(7)!;
    allowed.powers = vicinity.v1.EntityPower.ENTITY_POWER_PRIVATE;
    stage.run(100);
    const seenBy = (viewer: StageViewer): unknown => viewer.model.entities.get(id)?.properties.privateUserData;
    expect([other, allowed, author].map(seenBy)).toEqual([undefined, 'secret', 'secret']);
    expect(other.model.entities.get(id)?.properties.userData).toBe('known');
    stage.commit([{ id, properties: box(2, { ...secret, privateUserData: 'another' }) }]);
    stage.run(100);
    expect([other, allowed, author].map(seenBy)).toEqual([undefined, 'another', 'another']);
    expect(other.model.entities.get(id)?.properties.position).toEqual(at(2));
    allowed.powers = 0;
    stage.run(100);
    expect(seenBy(allowed)).toBeUndefined();
  });

  it('cannot be found out by asking for what matches', () => {
    const stage = new InterestStage(11);
    const id = stage.put(box(1, secret));
    stage.load();
    const matching = packProperties({ privateUserData: 'secret' });
    const other = stage.addViewer(at(0), { matching });
    const allowed = stage.addViewer(at(0), { matching });
    allowed.powers = vicinity.v1.EntityPower.ENTITY_POWER_OPERATE;
    stage.run(100);
    expect(other.model.entities.size).toBe(0);
    expect(allowed.model.entities.has(id)).toBe(true);
  });
});

describe('what is within interest', () => {
  it('leaves and comes as the viewer walks, without coming and going at the edge', () => {
    const stage = new InterestStage(3);
    const id = stage.put(box(100));
    stage.load();
    const viewer = stage.addViewer(at(0), { radiusM: 50 });
    stage.run(300);
    expect(viewer.model.entities.has(id)).toBe(false);
    viewer.position = at(60);
    stage.run(1_300);
    expect(viewer.model.entities.has(id)).toBe(true);
    for (let i = 0; i < 20; i++) {
      viewer.position = at(i % 2 ? 51 : 49);
      stage.run(1_100);
    }
    expect(viewer.model.statesCount).toBe(1);
    viewer.position = at(40);
    stage.run(1_300);
    expect(viewer.model.entities.has(id)).toBe(false);
  });

  it('holds those that carry what is wanted, however far they are, before it', () => {
    const stage = new InterestStage(3);
    const root = stage.put(box(5_000), 'Zone');
    const arm = stage.put(box(-2_500, { parentID: root }), 'Zone');
    const hand = stage.put(box(-2_500, { parentID: arm }), 'Text');
    stage.load();
    const viewer = stage.addViewer(at(0), { radiusM: 10, types: ['Text'] });
    stage.run(100);
    expect(viewer.model.order).toEqual([root, arm, hand]);
    stage.commit([{ id: hand, properties: box(0) }]);
    stage.run(100);
    expect([...viewer.model.entities.keys()]).toEqual([hand]);
    stage.commit([{ id: root, properties: box(5_100) }]);
    expect(findError(stage, viewer, new InterestOracle(stage.entities))).toBeUndefined();
  });

  it('follows parents that move', () => {
    const stage = new InterestStage(3);
    const root = stage.put(box(5_000));
    const child = stage.put(box(0, { parentID: root }));
    stage.load();
    const viewer = stage.addViewer(at(0), { radiusM: 10 });
    stage.run(100);
    expect(viewer.model.entities.size).toBe(0);
    stage.commit([{ id: root, properties: box(1) }]);
    stage.run(100);
    expect([...viewer.model.entities.keys()]).toEqual([root, child]);
  });

  it('follows what is carried by something that moves by itself, and by a simulated body', () => {
    const stage = new InterestStage(3);
    const cart = stage.put(box(100, { velocity: { x: -10, y: 0, z: 0 }, damping: 0 }));
    const inCart = stage.put(box(1, { parentID: cart }));
    const body = stage.put(box(0, { position: { x: 0, y: 0, z: 300 } }));
    const onBody = stage.put(box(1, { parentID: body }));
    stage.load();
    const { model } = stage.addViewer(at(0), { radiusM: 50 });
    stage.run(3_000);
    expect(model.entities.size).toBe(0);
    const roll = (z: number): void => {
      const motions = [{ id: entityIdToBytes(body), atMs: stage.wallMs, z, rotationW: 1 }];
      stage.interest.handleMotions({ serverId: 'entity-server-2', motions }, stage.nowMs);
    };
    roll(0);
    stage.run(4_000);
    expect([...model.entities.keys()].sort()).toEqual([cart, inCart, body, onBody].sort());
    roll(300);
    stage.run(10_000);
    expect(model.entities.size).toBe(0);
  });

  it('follows what moves by itself within a second or so, and says nothing meanwhile', () => {
    const stage = new InterestStage(3);
    const id = stage.put(box(100, { velocity: { x: -10, y: 0, z: 0 }, damping: 0 }));
    stage.load();
    const viewer = stage.addViewer(at(0), { radiusM: 50 });
    stage.run(3_000);
    expect(viewer.model.entities.has(id)).toBe(false);
    stage.run(4_000);
    expect(viewer.model.entities.has(id)).toBe(true);
    const bytes = viewer.model.reliableBytes;
    stage.run(4_000);
    expect(viewer.model.reliableBytes).toBe(bytes);
    stage.run(9_000);
    expect(viewer.model.entities.has(id)).toBe(false);
  });
});

describe('those who come back', () => {
  it('are told what has changed, and which of the rest is still there', () => {
    const stage = new InterestStage(4);
    const ids = Array.from({ length: 300 }, (_, index) => stage.put(box(index / 10, { userData: 'x'.repeat(500) })));
    stage.load();
    const viewer = stage.addViewer(at(0));
    stage.commit([]);
    stage.run(2_000);
    expect(viewer.model.knownSequence).toBe(1);
    const { model } = viewer;
    const states = model.statesCount;
    const bytes = model.reliableBytes;
    viewer.stay++;
    model.reconnect();
    viewer.interest = { ...viewer.interest, knownSequence: model.knownSequence };
    stage.commit([{ id: ids[0], properties: undefined }]);
    stage.commit([{ id: ids[1], properties: box(7) }]);
    stage.run(1_000);
    expect(model.presentCount).toBe(298);
    expect(model.statesCount).toBe(states + 1);
    expect(model.reliableBytes - bytes).toBeLessThan(298 * 18 + 400);
    expect(model.entities.size).toBe(299);
    expect(model.everythingOf).toBe(1);
  });

  it('to another server are told everything if they know more than it does, or find out that something is missing', () => {
    const stage = new InterestStage(4);
    const id = stage.put(box(0));
    stage.load();
    const viewer = stage.addViewer(at(0), { knownSequence: 99 });
    stage.run(100);
    expect(viewer.model.statesCount).toBe(1);
    stage.commit([]);
    viewer.stay++;
    viewer.model.reconnect();
    viewer.model.entities.clear();
    viewer.interest = { ...viewer.interest, knownSequence: 1 };
    stage.run(100);
    expect([...viewer.model.missing]).toEqual([id]);
    expect(stage.askAnew()).toBe(1);
    stage.run(300);
    expect(viewer.model.entities.has(id)).toBe(true);
    expect(viewer.model.missing.size).toBe(0);
  });
});

describe('budgets', () => {
  it('let nobody starve: what is unimportant comes in time while important things change all the time', () => {
    const bytesPerSecond = 65_536;
    const stage = new InterestStage(6, { bytesPerSecond, burstBytes: 49_152 });
    const near: EntityId[] = [];
    for (let i = 0; i < 200; i++) near.push(stage.put(box(i / 100, { userData: 'x'.repeat(400) })));
    for (let i = 0; i < 400; i++) stage.put(box(900 + i / 10, { userData: 'y'.repeat(400) }));
    stage.load();
    const viewer = stage.addViewer(at(0));
    stage.run(500);
    const far = stage.put(box(950, { userData: 'z' }));
    stage.commit([{ id: far, properties: box(950, { userData: 'z' }) }]);
    const sinceMs = stage.nowMs;
    let toldAtMs = 0;
    for (let tick = 0; tick < 900; tick++) {
      const text = String(tick).repeat(150);
      for (let i = 0; i < 20; i++) {
        const id = near[(tick * 20 + i) % near.length];
        stage.commit([{ id, properties: { ...stage.entities.get(id)!.properties, userData: text } }]);
      }
      if (tick % 30 === 0) stage.sendTables();
      stage.tick();
      if (toldAtMs === 0 && viewer.model.entities.has(far)) toldAtMs = stage.nowMs;
    }
    // Before it: 400 far ones, and 200 near ones that wait with the newest of what they have become.
    const aheadBytes = 600 * 700;
    expect(toldAtMs).toBeGreaterThan(0);
    expect(toldAtMs - sinceMs).toBeLessThanOrEqual((4_000 * aheadBytes) / bytesPerSecond + 100);
    const total = viewer.bytesByTick.reduce((sum, bytes) => sum + bytes, 0);
    expect(total).toBeLessThanOrEqual(49_152 + (bytesPerSecond * stage.nowMs) / 1_000 + 1_024);
    // Nothing is given away either.
    expect(total).toBeGreaterThan(0.9 * ((bytesPerSecond * stage.nowMs) / 1_000));
  });
});

describe('slow connections', () => {
  it('get nothing while their gateway holds their news, and then everything', () => {
    const stage = new InterestStage(9);
    const id = stage.put(box(1));
    stage.load();
    const viewer = stage.addViewer(at(0));
    stage.run(100);
    viewer.isHeld = true;
    stage.sendTables();
    const { reliableBytes } = viewer.model;
    stage.commit([{ id, properties: box(2) }]);
    stage.commit([{ id: stage.drawId(), properties: box(3) }]);
    stage.run(2_000);
    expect(viewer.model.reliableBytes).toBe(reliableBytes);
    viewer.isHeld = false;
    stage.run(100);
    expect(findError(stage, viewer, new InterestOracle(stage.entities))).toBeUndefined();
    expect(viewer.model.entities.size).toBe(2);
  });
});

describe('simulated bodies', () => {
  it('are told in datagrams, the important ones more often, and nobody hears of his own', () => {
    const stage = new InterestStage(7);
    const ids = Array.from({ length: 60 }, (_, index) => stage.put(box(1 + index * 5)));
    stage.load();
    const viewer = stage.addViewer(at(0));
    const owner = stage.addViewer(at(0));
    stage.run(1_000);
    const heard = new Map<number, number>();
    const { model } = viewer;
    const take = model.takeRealtime.bind(model);
    model.takeRealtime = (bytes) => {
      const motions = take(bytes);
      for (const { id } of motions) heard.set(id![15], (heard.get(id![15]) ?? 0) + 1);
      return motions;
    };
    for (let tick = 0; tick < 90; tick++) {
      const motions = ids.map((id, index) => ({
        id: entityIdToBytes(id),
        atMs: stage.wallMs,
        x: 1 + index * 5,
        rotationW: 1,
        velocityX: NaN,
        ownerId: owner.sessionId,
      }));
      stage.interest.handleMotions({ serverId: 'entity-server-2', motions }, stage.nowMs);
      for (const motion of motions) motion.velocityX = 1;
      stage.interest.handleMotions({ serverId: 'entity-server-2', motions: [...motions, ...motions] }, stage.nowMs);
      stage.tick();
    }
    const countOf = (id: EntityId): number => heard.get(entityIdToBytes(id)[15]) ?? 0;
    expect(countOf(ids[0])).toBeGreaterThan(60);
    expect(Math.min(...ids.map(countOf))).toBeGreaterThan(3);
    expect(owner.model.motionsCount).toBe(0);
    const { motionsCount } = model;
    stage.run(200);
    expect(model.motionsCount - motionsCount).toBeLessThanOrEqual(60);
  });
});

describe('gateways', () => {
  it('hear every 100 ms that the server lives, as long as they have viewers there', () => {
    const stage = new InterestStage(8);
    stage.addViewer(at(0));
    stage.sendTables();
    stage.tick();
    let silenceMs = 0;
    for (let tick = 0; tick < 60; tick++) {
      stage.tick();
      silenceMs = Math.max(silenceMs, stage.nowMs - (stage.heardAtMs.get('gateway-1') ?? -Infinity));
    }
    expect(silenceMs).toBeLessThanOrEqual(100);
    stage.viewers.clear();
    stage.interest.handleTable({ gatewayId: 'gateway-1', entries: [], isComplete: true }, stage.nowMs);
    stage.run(500);
    expect(stage.nowMs - (stage.heardAtMs.get('gateway-1') ?? 0)).toBeGreaterThan(400);
    expect(stage.interest.isEmpty).toBe(true);
  });

  it('that are silent lose their viewers, unless the broker was away', () => {
    const stage = new InterestStage(8);
    stage.addViewer(at(0));
    stage.sendTables();
    for (let tick = 0; tick < 80; tick++) stage.tick();
    expect(stage.interest.viewerCount).toBe(1);
    stage.interest.forgive(stage.nowMs);
    for (let tick = 0; tick < 80; tick++) stage.tick();
    expect(stage.interest.viewerCount).toBe(1);
    for (let tick = 0; tick < 20; tick++) stage.tick();
    expect(stage.interest.viewerCount).toBe(0);
  });

  it('that give a viewer to another server are told nothing more', () => {
    const stage = new InterestStage(8);
    const viewer = stage.addViewer(at(0));
    stage.run(100);
    const entry = { sessionId: viewer.sessionId, serverId: 'entity-server-2', stay: 2, position: at(0) };
    stage.interest.handleTable({ gatewayId: 'gateway-1', entries: [entry] }, stage.nowMs);
    expect(stage.interest.viewerCount).toBe(0);
  });
});
