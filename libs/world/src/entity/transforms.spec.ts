import { describe, expect, it } from '@jest/globals';
import { boundingSphereOf, type EntityProperties, type PlacedEntity, worldTransformOf } from '@app/world';

const QUARTER_LEFT = { x: 0, y: Math.SQRT1_2, z: 0, w: Math.SQRT1_2 };
const box = (properties: EntityProperties): PlacedEntity => ({ type: 'Box', properties });
const near = (x: number, y: number, z: number) => ({
  x: expect.closeTo(x, 9) as unknown,
  y: expect.closeTo(y, 9) as unknown,
  z: expect.closeTo(z, 9) as unknown,
});

describe('worldTransformOf', () => {
  it('goes through parents and theirs', () => {
    const table = new Map([
      ['ship', box({ position: { x: 100, y: 0, z: 0 }, rotation: QUARTER_LEFT })],
      ['mast', box({ position: { x: 0, y: 0, z: -10 }, parentID: 'ship' })],
    ]);
    const flag = box({ position: { x: 0, y: 5, z: 0 }, rotation: QUARTER_LEFT, parentID: 'mast' });
    const { position, rotation } = worldTransformOf(flag, (id) => table.get(id));
    // Ahead of a ship that was turned to the left is -x.
    expect(position).toEqual(near(90, 5, 0));
    expect(Math.abs(rotation.y)).toBeCloseTo(1, 9);
  });

  it('takes a parent that is not there for the origin, and a missing position too', () => {
    const { position } = worldTransformOf(box({ parentID: 'gone' }), () => undefined);
    expect(position).toEqual({ x: 0, y: 0, z: 0 });
  });

  it('ends with parents in a circle', () => {
    const circle = box({ position: { x: 1, y: 0, z: 0 }, parentID: 'itself' });
    expect(worldTransformOf(circle, () => circle).position.x).toBeLessThan(1_000);
  });
});

describe('boundingSphereOf', () => {
  const at = { position: { x: 10, y: 0, z: 0 }, rotation: QUARTER_LEFT };

  it('is about the middle, wherever the registration point is', () => {
    const dimensions = { x: 2, y: 4, z: 4 };
    expect(boundingSphereOf(box({ dimensions }), at)).toEqual({ centre: near(10, 0, 0), radiusM: 3 });
    const foot = box({ dimensions, registrationPoint: { x: 0, y: 0, z: 0.5 } });
    // Its right was turned to -z.
    expect(boundingSphereOf(foot, at).centre).toEqual(near(10, 2, -1));
  });

  it('holds the points of lines', () => {
    const line = {
      type: 'PolyLine',
      properties: {
        linePoints: [
          { x: 0, y: 0, z: 0 },
          { x: 0, y: 7, z: 0 },
        ],
      },
    };
    expect(boundingSphereOf(line, at).radiusM).toBeGreaterThanOrEqual(7);
  });
});
