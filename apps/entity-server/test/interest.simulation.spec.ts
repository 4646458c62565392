import { describe, expect, it } from '@jest/globals';
import { packProperties } from '@app/wire';
import type { EntityId, EntityProperties } from '@app/world';
import { InterestOracle, findError } from './interest-oracle.js';
import { InterestStage, type StageViewer } from './interest-stage.js';

/** Edge of the square on which things stand, in metres. */
const FIELD_M = 2_000;
const TYPES = ['Box', 'Text', 'Model', 'Light'];
const COLOURS = ['red', 'green', 'blue'];

/** A world of random things, people who walk in it, and somebody who edits at random. */
class RandomWorld {
  private readonly ids: EntityId[] = [];

  constructor(
    readonly stage: InterestStage,
    entityCount: number,
  ) {
    for (let i = 0; i < entityCount; i++) this.ids.push(stage.put(this.draw(), this.pick(TYPES)));
    stage.load();
  }

  /** Somewhere on the field, 1 cm to 10 km large but mostly small; one in eight stands on another thing. */
  draw(): EntityProperties {
    const { random } = this.stage;
    const sizeM = random.next() < 0.002 ? 10 ** (4 * random.next()) : 10 ** (-2 + 3 * random.next());
    const angle = random.next() * Math.PI;
    const parentID = this.ids.length > 0 && random.next() < 0.125 ? this.pick(this.ids) : '';
    const isChild = this.stage.entities.has(parentID);
    const span = isChild ? 20 : FIELD_M;
    return {
      position: { x: span * random.next(), y: 10 * random.next(), z: span * random.next() },
      rotation: { x: 0, y: Math.sin(angle), z: 0, w: Math.cos(angle) },
      dimensions: { x: sizeM, y: sizeM * random.next(), z: sizeM },
      name: this.pick(COLOURS),
      ...(isChild ? { parentID } : {}),
      ...(random.next() < 0.01 ? { velocity: { x: 3 * random.next(), y: 0, z: 0 } } : {}),
    };
  }

  pick<T>(from: readonly T[]): T {
    return from[this.stage.random.nextInteger(0, from.length - 1)];
  }

  editSome(count: number): void {
    for (let i = 0; i < count; i++) this.editOne();
  }

  /** All that moves by itself stops. */
  stopAll(): void {
    for (const { id, properties } of [...this.stage.entities.values()]) {
      if (!properties.velocity) continue;
      this.stage.commit([{ id, properties: without(properties, 'velocity') }]);
    }
  }

  private editOne(): void {
    const { stage, ids } = this;
    const { random } = stage;
    const id = this.pick(ids);
    const entity = stage.entities.get(id);
    const kind = random.next();
    if (!entity) return;
    if (kind < 0.1) return this.erase(id);
    if (kind < 0.2) {
      const added = stage.drawId();
      ids.push(added);
      return stage.commit([{ id: added, type: this.pick(TYPES), properties: this.draw() }]);
    }
    if (kind < 0.25) return this.eraseAndAdd(id);
    const { position, dimensions } = this.draw();
    const changed: EntityProperties =
      kind < 0.5
        ? { ...entity.properties, position: entity.properties.parentID ? entity.properties.position : position }
        : kind < 0.6
          ? without(entity.properties, 'name')
          : kind < 0.7
            ? { ...entity.properties, dimensions }
            : kind < 0.8
              ? this.carried(id, entity.properties)
              : { ...entity.properties, name: this.pick(COLOURS), note: random.nextUint32() };
    stage.commit([{ id, properties: changed }]);
  }

  /** On another thing, unless that stands on this one. */
  private carried(id: EntityId, properties: EntityProperties): EntityProperties {
    const parentID = this.pick(this.ids);
    for (let at: EntityId | undefined = parentID; at !== undefined;) {
      const entity = this.stage.entities.get(at);
      if (!entity || at === id) return properties;
      at = entity.properties.parentID as EntityId | undefined;
    }
    return { ...properties, parentID, position: { x: 1, y: 2, z: 3 } };
  }

  private erase(id: EntityId): void {
    const gone = new Set([id]);
    for (const one of gone) {
      for (const other of this.stage.entities.values()) if (other.properties.parentID === one) gone.add(other.id);
    }
    this.stage.commit([...gone].map((one) => ({ id: one, properties: undefined })));
  }

  private eraseAndAdd(id: EntityId): void {
    this.erase(id);
    this.stage.commit([{ id, type: this.pick(TYPES), properties: this.draw() }]);
  }
}

function without(properties: EntityProperties, name: string): EntityProperties {
  return Object.fromEntries(Object.entries(properties).filter(([other]) => other !== name));
}

function addWalkers(world: RandomWorld, count: number): StageViewer[] {
  const { stage } = world;
  const { random } = stage;
  return Array.from({ length: count }, (_, index) => {
    const position = { x: FIELD_M * random.next(), y: 1, z: FIELD_M * random.next() };
    const types = random.next() < 0.2 ? [world.pick(TYPES)] : [];
    const matching = random.next() < 0.2 ? packProperties({ name: world.pick(COLOURS) }) : undefined;
    const interest = { radiusM: world.pick([1, 5, 20, 50, 100]), types, matching };
    return stage.addViewer(position, interest, `gateway-${index % 3}`);
  });
}

function walk(stage: InterestStage, metres: number): void {
  for (const viewer of stage.viewers.values()) {
    const heading = viewer.sessionId + stage.nowMs / 9_000;
    const { x, y, z } = viewer.position;
    viewer.position = { x: x + metres * Math.cos(heading), y, z: z + metres * Math.sin(heading) };
  }
}

function findErrors(stage: InterestStage): string[] {
  const oracle = new InterestOracle(stage.entities);
  return [...stage.viewers.values()].flatMap((viewer) => findError(stage, viewer, oracle) ?? []);
}

/** Until nothing waits, and everybody has been told so. */
function comeToRest(stage: InterestStage, msMax: number): void {
  const endMs = stage.nowMs + msMax;
  do {
    stage.run(1_000);
    stage.askAnew();
  } while (
    stage.nowMs < endMs &&
    ((stage.counts?.waiting ?? 0) > 0 || [...stage.viewers.values()].some(({ model }) => model.missing.size > 0))
  );
}

describe('interest, 100,000 entities and 200 who walk', () => {
  it('tells everybody exactly what is there, in time and within budgets (seed 41)', () => {
    const stage = new InterestStage(41);
    const world = new RandomWorld(stage, 100_000);
    addWalkers(world, 200);
    for (let step = 0; step < 20; step++) {
      walk(stage, 0.4);
      world.editSome(10);
      stage.run(200);
    }
    world.stopAll();
    comeToRest(stage, 20_000);
    expect(findErrors(stage)).toEqual([]);
    for (const { model, bytesByTick, interest } of stage.viewers.values()) {
      expect(model.everythingOf).toBe(interest.generation);
      expect(model.largestMessageBytes).toBeLessThanOrEqual(49_152);
      expect(Math.max(...bytesByTick)).toBeLessThanOrEqual(131_072 + 1_024);
    }
    const known = [...stage.viewers.values()].reduce((sum, { model }) => sum + model.entities.size, 0);
    expect(known).toBeGreaterThan(20_000);
    // All that a viewer here wants fits into a few seconds.
    expect(stage.waitMsMax).toBeLessThanOrEqual(4_000);
  }, 240_000);
});

describe('interest, whatever happens', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'is what the world is, as soon as it is quiet (seed %d)',
    (seed) => {
      const budget = { bytesPerSecond: seed % 2 ? 16_384 : 262_144, burstBytes: 49_152 };
      const stage = new InterestStage(seed, budget);
      const world = new RandomWorld(stage, 3_000);
      const viewers = addWalkers(world, 12);
      for (let step = 0; step < 100; step++) {
        walk(stage, 2 * stage.random.next());
        world.editSome(stage.random.nextInteger(0, 40));
        const chance = stage.random.next();
        const viewer = world.pick(viewers);
        if (chance < 0.03) stage.switchServer();
        else if (chance < 0.06) reconnect(viewer);
        else if (chance < 0.12) changeWishes(world, viewer);
        else if (chance < 0.15) viewer.position = { x: FIELD_M * stage.random.next(), y: 0, z: 5 };
        if (chance < 0.2) stage.sendTables();
        stage.run(33 * stage.random.nextInteger(1, 12));
      }
      world.stopAll();
      comeToRest(stage, 300_000);
      expect(findErrors(stage)).toEqual([]);
      expect([...stage.viewers.values()].map(({ model }) => model.missing.size)).toEqual(viewers.map(() => 0));
    },
    60_000,
  );
});

function reconnect(viewer: StageViewer): void {
  viewer.stay++;
  viewer.model.reconnect();
  viewer.interest = { ...viewer.interest, knownSequence: viewer.model.knownSequence };
}

function changeWishes(world: RandomWorld, viewer: StageViewer): void {
  const { random } = world.stage;
  viewer.interest = {
    ...viewer.interest,
    generation: (viewer.interest.generation ?? 0) + 1,
    radiusM: world.pick([1, 30, 100, 400]),
    types: random.next() < 0.3 ? [world.pick(TYPES), world.pick(TYPES)] : [],
    matching: random.next() < 0.3 ? packProperties({ name: world.pick(COLOURS) }) : undefined,
    views: [
      { position: viewer.position, direction: { x: random.next(), y: 0, z: random.next() - 0.5 }, halfAngleRad: 0.8 },
    ],
  };
}
