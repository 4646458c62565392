import { describe, expect, it, jest } from '@jest/globals';
import { PerspectiveCamera } from 'three';
import { Emitter, type EntityProperties, type RemoteEntity, type WorldClient } from '@vicinity/sdk';
import { EntityScene } from './entity-scene.js';
import { UNSEEN_PLACED_MAX } from './visual-limits.js';

type Events = {
  added: RemoteEntity;
  changed: { entity: RemoteEntity; names: ReadonlySet<string> };
  removed: { entity: RemoteEntity };
  moved: unknown;
};

class FakeEntities extends Emitter<Events> {
  private count = 0;
  readonly transformOf = jest.fn((id: string) => this.places.get(id));
  private readonly places = new Map<string, { position: object; rotation: object }>();

  add(type: string, properties: EntityProperties, parentId?: string): RemoteEntity {
    const id = String(++this.count);
    this.places.set(id, { position: properties.position as object, rotation: { x: 0, y: 0, z: 0, w: 1 } });
    const entity = { id, type, shown: properties, parentId } as unknown as RemoteEntity;
    this.emit('added', entity);
    return entity;
  }

  serverNowMs = (): number => 0;
  childrenOf = (): RemoteEntity[] => [];
}

/** @param msPerLook  how much later it is each time somebody looks at the clock */
function makeScene(countMax = 1_000, msPerLook = 0) {
  const entities = new FakeEntities();
  let nowMs = 0;
  const client = { entities, assets: { baseUrl: '' }, nowMs: () => (nowMs += msPerLook) };
  const scene = new EntityScene(client as unknown as WorldClient, {
    countMax: () => countMax,
    costShare: () => 1,
    allowsOthers: () => false,
    isStill: false,
    onModel: () => undefined,
  });
  const camera = new PerspectiveCamera();
  const turn = (): void => {
    nowMs += 1_000;
    scene.update(0.1, camera);
  };
  return { scene, entities, turn };
}

const at = (x: number, more: EntityProperties = {}): EntityProperties => ({
  position: { x, y: 0, z: -3 },
  dimensions: { x: 1, y: 1, z: 1 },
  ...more,
});
const material = (albedo: number[], map = ''): EntityProperties => ({
  ...at(0),
  materialData: JSON.stringify({ materials: { albedo, albedoMap: map } }),
});

describe('The scene of entities', () => {
  it('shows the nearest and hints at the others when there is too much', () => {
    const { scene, entities, turn } = makeScene(10);
    for (let x = 0; x < 30; x++) entities.add('Box', at(x));
    turn();
    expect(scene.drawnCount).toBe(10);
    expect(scene.drawnAnchors().every(({ frame }) => frame.position.x < 10)).toBe(true);
    expect(scene.standInCount).toBe(20);
    expect(scene.pendingCount).toBe(0);
  });

  it('makes what has come at once in several frames, the nearest first', () => {
    const { scene, entities, turn } = makeScene(1_000, 5);
    for (let x = 29; x >= 0; x--) entities.add('Box', at(x));
    turn();
    const made = scene.drawnAnchors().filter(({ visual }) => visual);
    expect(made.length).toBeGreaterThan(0);
    expect(Math.max(...made.map(({ frame }) => frame.position.x))).toBe(made.length - 1);
    expect(scene.pendingCount).toBe(30 - made.length);
    for (let frame = 0; frame < 30; frame++) turn();
    expect(scene.pendingCount).toBe(0);
  });

  it('shows what has changed with the next frame, once, and only as much as there is time for', () => {
    const { scene, entities, turn } = makeScene(1_000, 3);
    const boxes = [0, 1, 2, 3].map((x) => entities.add('Box', at(x)));
    for (let frame = 0; frame < 10; frame++) turn();
    const shows = boxes.map(({ id }) => jest.spyOn(scene.anchorOf(id)!.visual!, 'show'));
    for (let time = 0; time < 5; time++) {
      for (const entity of boxes) entities.emit('changed', { entity, names: new Set(['color']) });
    }
    const counts = (): number[] => shows.map((show) => show.mock.calls.length);
    expect(counts()).toEqual([0, 0, 0, 0]);
    turn();
    expect(counts()).toEqual([1, 1, 0, 0]);
    expect(scene.pendingCount).toBe(2);
    turn();
    expect(counts()).toEqual([1, 1, 1, 1]);
    expect(scene.pendingCount).toBe(0);
  });

  it('asks where things out of sight have got to in turn only', () => {
    const { entities, turn } = makeScene();
    const count = UNSEEN_PLACED_MAX * 4;
    for (let x = 0; x < count; x++) entities.add('Box', at(5_000 + x, { velocity: { x: 1, y: 0, z: 0 } }));
    turn();
    entities.transformOf.mockClear();
    for (let frame = 0; frame < 4; frame++) turn();
    expect(entities.transformOf.mock.calls.length).toBeLessThanOrEqual(count);
    expect(new Set(entities.transformOf.mock.calls.map(([id]) => id)).size).toBeGreaterThan(count - 5);
  });

  it('gives each thing the surface of its own materials', () => {
    const { scene, entities, turn } = makeScene();
    const boxes = [0, 1].map((x) => entities.add('Box', at(x)));
    turn();
    const dresses = boxes.map(({ id }) => jest.spyOn(scene.anchorOf(id)!.visual!, 'dress'));
    const red = entities.add('Material', material([1, 0, 0]), boxes[0].id);
    entities.add('Material', { ...material([0, 1, 0]), priority: 2 }, boxes[0].id);
    entities.add('Material', material([0, 0, 1]), boxes[1].id);
    expect(dresses[0]).toHaveBeenLastCalledWith(expect.objectContaining({ colour: 0x00ff00 }));
    expect(dresses[1]).toHaveBeenLastCalledWith(expect.objectContaining({ colour: 0x0000ff }));
    expect(dresses.map((dress) => dress.mock.calls.length)).toEqual([2, 1]);
    entities.emit('removed', { entity: red });
    expect(dresses[1]).toHaveBeenCalledTimes(1);
  });
});
