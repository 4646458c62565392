import { describe, expect, it } from '@jest/globals';
import type { EntityId, EntityProperties } from '@app/world';
import { findError, InterestOracle } from './interest-oracle.js';
import { InterestStage } from './interest-stage.js';

const UNTURNED = { x: 0, y: 0, z: 0, w: 1 };

function box(x: number, z = 0, more: EntityProperties = {}): EntityProperties {
  return { position: { x, y: 0, z }, rotation: UNTURNED, dimensions: { x: 1, y: 1, z: 1 }, ...more };
}

/** A stage with entities in a square, and viewers in its middle who have been told of everything. */
function settled(seed: number, entities: number, viewers: number, more: (stage: InterestStage) => void): InterestStage {
  const stage = new InterestStage(seed);
  for (let i = 0; i < entities; i++) stage.put(box(i % 100, i / 100));
  more(stage);
  stage.load();
  for (let i = 0; i < viewers; i++) stage.addViewer({ x: 50 + i, y: 0, z: 0 }, { radiusM: 500 });
  for (let i = 0; i < 60 && ![...stage.viewers.values()].every(isDone); i++) stage.run(500);
  expect([...stage.viewers.values()].every(isDone)).toBe(true);
  return stage;
}

function isDone({ model }: { model: { everythingOf: number } }): boolean {
  return model.everythingOf === 1;
}

/** How much more is known or waits to be told than before; each look at an entity for a viewer adds one at most. */
function growthOf(stage: InterestStage): () => number {
  let before = 0;
  return () => {
    const known = [...stage.viewers.values()].reduce((sum, { model }) => sum + model.entities.size, 0);
    const now = known + (stage.counts?.waiting ?? 0);
    const growth = now - before;
    before = now;
    return growth;
  };
}

describe('many who come at once', () => {
  it('are looked after in turn, some entities in each tick, the nearest first', () => {
    const stage = new InterestStage(21);
    const { random } = stage;
    for (let i = 0; i < 3_000; i++) stage.put(box(4_000 * random.next() - 2_000, 4_000 * random.next() - 2_000));
    const near = stage.put(box(3, 4));
    stage.load();
    for (let i = 0; i < 40; i++) stage.addViewer({ x: 0, y: 0, z: 0 }, { radiusM: 16_000 });
    const viewers = [...stage.viewers.values()];
    const growth = growthOf(stage);
    stage.sendTables();
    for (let tick = 0; tick < 30; tick++) {
      stage.tick();
      expect(growth()).toBeLessThanOrEqual(10_000);
      if (tick === 20) for (const { model } of viewers) expect(model.entities.has(near)).toBe(true);
    }
    stage.run(20_000);
    for (const { model } of viewers) expect(model.entities.size).toBe(3_001);
    for (const { model } of viewers) expect(model.statesCount).toBe(3_001);
  });

  it('find what comes, goes and moves while they are looked after', () => {
    const stage = new InterestStage(22);
    const { random } = stage;
    const place = (): EntityProperties => box(900 * random.next() - 450, 900 * random.next() - 450);
    const ids: EntityId[] = Array.from({ length: 6_000 }, () => stage.put(place()));
    stage.load();
    for (let i = 0; i < 8; i++) stage.addViewer({ x: 50 * i, y: 0, z: 0 }, { radiusM: 300 });
    stage.sendTables();
    for (let tick = 0; tick < 30; tick++) {
      stage.tick();
      const pick = (): EntityId => ids[Math.floor(ids.length * random.next())];
      const edits = Array.from({ length: 200 }, () => ({ id: pick(), properties: place() }));
      const gone = Array.from({ length: 50 }, () => ({ id: pick(), properties: undefined }));
      stage.commit([...new Map([...edits, ...gone].map((edit) => [edit.id, edit])).values()]);
    }
    for (const viewer of stage.viewers.values()) viewer.position = { x: viewer.position.x, y: 0, z: 40 };
    stage.run(10_000);
    const oracle = new InterestOracle(stage.entities);
    for (const viewer of stage.viewers.values()) expect(findError(stage, viewer, oracle)).toBeUndefined();
  });
});

describe('a carrier of thousands', () => {
  it('takes them along little by little, in the order of generations', () => {
    let root: EntityId = '';
    const stage = settled(23, 100, 20, (empty) => {
      root = empty.put(box(5_000));
      const arms = Array.from({ length: 50 }, () => empty.put(box(0, 0, { parentID: root })));
      for (let i = 0; i < 4_000; i++) empty.put(box(i % 60, i / 60, { parentID: arms[i % 50] }));
    });
    const growth = growthOf(stage);
    growth();
    stage.commit([{ id: root, properties: box(0) }]);
    for (let tick = 0; tick < 6; tick++) {
      stage.tick();
      expect(growth()).toBeLessThanOrEqual(32_768);
    }
    stage.run(10_000);
    const oracle = new InterestOracle(stage.entities);
    for (const viewer of stage.viewers.values()) expect(findError(stage, viewer, oracle)).toBeUndefined();
  });

  it('that is moved all the time keeps nobody else from being found', () => {
    let root: EntityId = '';
    let mover: EntityId = '';
    const stage = settled(24, 10, 1, (empty) => {
      root = empty.put(box(0));
      for (let i = 0; i < 6_000; i++) empty.put(box(i % 60, i / 60, { parentID: root }));
      mover = empty.put(box(600, 0, { velocity: { x: -50, y: 0, z: 0 }, damping: 0 }));
    });
    const [viewer] = stage.viewers.values();
    for (let tick = 0; tick < 150 && !viewer.model.entities.has(mover); tick++) {
      stage.commit([{ id: root, properties: box(tick % 7) }]);
      stage.tick();
    }
    expect(viewer.model.entities.has(mover)).toBe(true);
  });
});

describe('the erasure of thousands', () => {
  it('is told little by little, and no viewer is told that it knows the world before it is', () => {
    const stage = settled(25, 2_000, 40, () => undefined);
    const growth = growthOf(stage);
    growth();
    stage.commit([...stage.entities.keys()].map((id) => ({ id, properties: undefined })));
    for (let tick = 0; tick < 3; tick++) {
      stage.tick();
      expect(growth()).toBeGreaterThanOrEqual(-32_768);
      for (const { model } of stage.viewers.values()) expect(model.knownSequence).toBeLessThan(stage.sequence);
    }
    stage.run(3_000);
    for (const { model } of stage.viewers.values()) expect(model.entities.size).toBe(0);
  });

  it('does not hold up an id that comes back, nor its children', () => {
    const stage = settled(26, 2_000, 40, () => undefined);
    const ids = [...stage.entities.keys()];
    stage.commit(ids.map((id) => ({ id, properties: undefined })));
    const [first, second] = [ids[1_998], ids[1_999]];
    stage.commit([
      { id: second, type: 'Text', properties: box(3) },
      { id: first, properties: box(1, 1, { parentID: second }) },
    ]);
    stage.run(5_000);
    const oracle = new InterestOracle(stage.entities);
    for (const viewer of stage.viewers.values()) {
      expect(viewer.model.entities.size).toBe(2);
      expect(findError(stage, viewer, oracle)).toBeUndefined();
    }
  });

  it('of more than is kept for a held connection begins it anew', () => {
    const stage = settled(27, 34_000, 1, () => undefined);
    const [viewer] = stage.viewers.values();
    viewer.isHeld = true;
    stage.sendTables();
    stage.commit([...stage.entities.keys()].slice(1).map((id) => ({ id, properties: undefined })));
    stage.run(3_000);
    expect(viewer.model.entities.size).toBe(34_000);
    viewer.isHeld = false;
    viewer.model.reconnect();
    stage.run(1_000);
    expect(viewer.model.entities.size).toBe(1);
    expect(viewer.model.reliableBytes).toBeGreaterThan(0);
  });
});
