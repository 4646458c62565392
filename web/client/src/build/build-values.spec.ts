import { describe, expect, it } from '@jest/globals';
import { checkEntityProperties, ENTITY_TYPES } from '@app/world';
import fc from 'fast-check';
import { buildActionOf } from './build-keys.js';
import { droppedEntity, kindOfFile } from './drop-plan.js';
import { eulerOf, quatOfEuler } from './euler.js';
import { groundPoint, inFrameOf } from './handle-math.js';
import { NEW_ENTITIES, placedEntity, spotInFront } from './new-entity.js';
import { snap, snapExtents, tidy } from './snapping.js';

describe('Snapping', () => {
  it('goes to the nearest step, in numbers that people can read', () => {
    expect(snap(0.3 + 0.01, 0.1)).toBe(0.3);
    expect(snap(-1.13, 0.25)).toBe(-1.25);
    expect(snap(1.2345, 0)).toBe(1.2345);
  });

  it('never makes a thing vanish', () => {
    expect(snapExtents({ x: 0.01, y: 1.1, z: 0 }, 0.25, 0.001)).toEqual({ x: 0.25, y: 1, z: 0.25 });
    expect(snapExtents({ x: 0, y: 2, z: 3 }, 0, 0.001)).toEqual({ x: 0.001, y: 2, z: 3 });
  });

  it('shows no -0', () => {
    expect(Object.is(tidy(-0.00001), 0)).toBe(true);
  });
});

describe('Angles', () => {
  it('say what a rotation is, and come back as the same rotation', () => {
    const angle = fc.double({ min: -179, max: 179, noNaN: true });
    const pitch = fc.double({ min: -88, max: 88, noNaN: true });
    fc.assert(
      fc.property(pitch, angle, angle, (x, y, z) => {
        const angles = eulerOf(quatOfEuler({ x, y, z }));
        expect(angles.x).toBeCloseTo(x, 3);
        expect(angles.y).toBeCloseTo(y, 3);
        expect(angles.z).toBeCloseTo(z, 3);
      }),
    );
  });

  it('hold for somebody who looks straight up', () => {
    const back = quatOfEuler(eulerOf(quatOfEuler({ x: 90, y: 30, z: 0 })));
    const { x, y, z, w } = quatOfEuler({ x: 90, y: 30, z: 0 });
    expect(Math.abs(back.x * x + back.y * y + back.z * z + back.w * w)).toBeCloseTo(1, 6);
  });
});

describe('Places', () => {
  it('are seen from a parent that stands elsewhere and is turned', () => {
    const half = Math.SQRT1_2;
    const parent = { position: { x: 5, y: 0, z: 0 }, rotation: { x: 0, y: half, z: 0, w: half } };
    const { position } = inFrameOf(parent, {
      position: { x: 5, y: 1, z: -2 },
      rotation: { x: 0, y: half, z: 0, w: half },
    });
    expect(position.x).toBeCloseTo(2);
    expect(position.y).toBeCloseTo(1);
    expect(position.z).toBeCloseTo(0);
  });

  it('on the ground are found under the pointer', () => {
    const ray = { origin: { x: 0, y: 2, z: 0 }, direction: { x: 0, y: -half(), z: -half() } };
    const point = groundPoint(ray, () => 0.5, 50);
    expect(point.y).toBeCloseTo(0.5);
    expect(point.z).toBeCloseTo(-1.5, 3);
  });

  it('in the sky are not farther than they should be', () => {
    expect(groundPoint({ origin: { x: 0, y: 2, z: 0 }, direction: { x: 0, y: 1, z: 0 } }, () => 0, 40).y).toBe(42);
  });
});

describe('New things', () => {
  it('of every type can be made by a click', () => {
    expect(NEW_ENTITIES.map(({ type }) => type).sort()).toEqual([...ENTITY_TYPES.keys()].sort());
  });

  it.each(NEW_ENTITIES.map((wanted) => [wanted.label, wanted] as const))(
    '%s is as the server wants it',
    (_label, wanted) => {
      const spot = spotInFront({ x: 1, y: 0, z: 2 }, 0.7, { distanceM: 3, rightM: 1 }, () => 0.25);
      const properties = placedEntity(wanted, spot, 0.7, 0.25);
      expect(checkEntityProperties(wanted.type, properties)).toEqual({ properties });
    },
  );

  it('stand in front of somebody who looks along -x', () => {
    const { x, z } = spotInFront({ x: 0, y: 0, z: 0 }, Math.PI / 2, { distanceM: 3, rightM: 1 }, () => 0);
    expect(x).toBeCloseTo(-3);
    expect(z).toBeCloseTo(-1);
  });
});

describe('Dropped files', () => {
  it.each([
    ['chair.GLB', 'Model'],
    ['a.b.gltf', 'Model'],
    ['photo.jpeg', 'Image'],
    ['song.mp3', 'Sound'],
    ['virus.exe', undefined],
    ['constructor', undefined],
    ['x.constructor', undefined],
    ['', undefined],
  ])('%s becomes %s', (name, kind) => expect(kindOfFile(name)).toBe(kind));

  it.each(['Model', 'Image', 'Sound'] as const)('%s: whatever its size, the server takes the entity', (kind) => {
    const extent = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
      fc.constantFrom(0, 1e-9, 1e12),
    );
    const extents = fc.option(fc.record({ x: extent, y: extent, z: extent }), { nil: undefined });
    fc.assert(
      fc.property(extents, fc.string(), (size, name) => {
        const clean = name.toWellFormed();
        const properties = droppedEntity(kind, clean, '/assets/a.glb', size, { x: 1, y: 0, z: -3 }, 0.4);
        expect(checkEntityProperties(kind, properties)).toHaveProperty('properties');
      }),
    );
  });

  it('a model of next to no size is still one that the server takes', () => {
    const tiny = { x: 0, y: 0, z: Number.MIN_VALUE };
    const { dimensions } = droppedEntity('Model', 'speck.glb', '/assets/a.glb', tiny, { x: 0, y: 0, z: 0 }, 0);
    expect(dimensions).toEqual({ x: 0.001, y: 0.001, z: 1 });
  });

  it('a model keeps its proportions when it is brought to a size among people', () => {
    const properties = droppedEntity(
      'Model',
      'a.glb',
      '/assets/a.glb',
      { x: 1_000, y: 500, z: 250 },
      { x: 0, y: 0, z: 0 },
      0,
    );
    expect(properties.dimensions).toEqual({ x: 50, y: 25, z: 12.5 });
    expect(properties.position).toEqual({ x: 0, y: 12.5, z: 0 });
  });
});

describe('Keys', () => {
  const key = (code: string, letter: string, held: Partial<KeyboardEvent> = {}) =>
    buildActionOf({ code, key: letter, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held });

  it('of building are told from those of walking', () => {
    expect(key('KeyW', 'w')).toBeUndefined();
    expect(key('KeyD', 'd')).toBeUndefined();
    expect(key('KeyD', 'd', { ctrlKey: true })).toBeDefined();
    expect(key('KeyY', 'z', { ctrlKey: true, altKey: true })).toBeUndefined();
  });

  it('are what stands on them: on a German keyboard Z lies where others have Y', () => {
    const calls: string[] = [];
    const actions = { undo: () => calls.push('undo'), redo: () => calls.push('redo') } as never;
    key('KeyY', 'z', { ctrlKey: true })?.(actions);
    key('KeyZ', 'Z', { metaKey: true, shiftKey: true })?.(actions);
    expect(calls).toEqual(['undo', 'redo']);
  });
});

function half(): number {
  return Math.SQRT1_2;
}
