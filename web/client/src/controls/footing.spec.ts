import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ShownValues } from '../entities/shown-values.js';
import { solidOf } from '../entities/solid-things.js';
import { floorHeight } from '../world/place.js';
import { solidReach } from './camera-reach.js';
import { crossing, holds, nearestOf, type Solid } from './solids.js';
import { walk, type WalkIntent, type WalkState } from './walker.js';

const still: WalkIntent = { forward: 0, right: 0, isRunning: false, wantsJump: false };
const upright = { x: 0, y: 0, z: 0, w: 1 };
const box = (middle: [number, number, number], size: [number, number, number], rotation = upright): Solid => ({
  form: 'box',
  middle: { x: middle[0], y: middle[1], z: middle[2] },
  rotation,
  half: { x: size[0] / 2, y: size[1] / 2, z: size[2] / 2 },
  isOpaque: true,
});
const standing = (x: number, y: number, z: number): WalkState => ({
  ...{ x, y, z },
  ...{ velocityX: 0, velocityY: 0, velocityZ: 0 },
});

/** Walks along -z for so long, at so many frames in a second. */
function go(state: WalkState, intent: Partial<WalkIntent>, seconds: number, solids: Solid[], rateHz = 60): void {
  for (let step = 0; step < seconds * rateHz; step++) walk(state, { ...still, ...intent }, 0, 1 / rateHz, [], solids);
}

const wall = box([0, 1.5, 10], [10, 3, 0.2]);
const ahead = { forward: 1 };

describe('Somebody who walks among what was built', () => {
  it.each([60, 10])('does not get through a wall, at %i frames in a second', (rateHz) => {
    const state = standing(0, 0, 14);
    go(state, { ...ahead, isRunning: true }, 4, [wall], rateHz);
    expect(state.z).toBeCloseTo(10.4, 1);
  });

  it('slides along a wall that stands askew', () => {
    const half = Math.sin(Math.PI / 8);
    const askew = box([0, 1.5, 10], [6, 3, 0.2], { x: 0, y: half, z: 0, w: Math.cos(Math.PI / 8) });
    const state = standing(0, 0, 14);
    go(state, ahead, 6, [askew]);
    expect(Math.abs(state.x)).toBeGreaterThan(1.5);
    expect(state.z).toBeLessThan(9);
  });

  it('goes through a door, below a roof, and not through the lintel', () => {
    const house = [
      box([-2, 1.5, 10], [3, 3, 0.2]),
      box([2, 1.5, 10], [3, 3, 0.2]),
      box([0, 2.6, 10], [1, 0.8, 0.2]),
      box([0, 3.1, 7], [7, 0.2, 7]),
    ];
    const state = standing(0, 0, 12);
    go(state, ahead, 2, house);
    expect(state.z).toBeLessThan(8);
    const low = [...house.slice(0, 2), box([0, 2, 10], [1, 1.2, 0.2])];
    const other = standing(0, 0, 12);
    go(other, ahead, 2, low);
    expect(other.z).toBeGreaterThan(10.3);
  });

  it('climbs steps, stands on top, and falls when there is nothing more below', () => {
    const stairs = [1, 2, 3, 4].map((step) => box([0, step * 0.15, 16 - step], [2, step * 0.3, 1]));
    const state = standing(0, 0, 17);
    go(state, ahead, 1.9, stairs);
    expect(state.y).toBeCloseTo(1.2, 2);
    expect(walk(state, still, 0, 0, [], stairs)).toBeDefined();
    go(state, ahead, 3, stairs);
    expect(state.y).toBeCloseTo(floorHeight(state.x, state.z), 2);
  });

  it('walks up a ramp, and stands still on it', () => {
    const tilt = Math.PI / 9;
    const ramp = box([0, 0, 12], [4, 0.2, 12], { x: Math.sin(tilt / 2), y: 0, z: 0, w: Math.cos(tilt / 2) });
    const state = standing(0, 0, 15);
    go(state, ahead, 2, [ramp]);
    expect(state.y).toBeGreaterThan(0.5);
    go(state, {}, 2, [ramp]);
    const { y, z } = state;
    go(state, {}, 2, [ramp]);
    expect([state.y, state.z]).toEqual([y, z]);
  });

  it('jumps onto a box, and hits the head at what is low', () => {
    const chest = box([0, 0.5, 10], [2, 1, 2]);
    const state = standing(0, 0, 12);
    go(state, { ...ahead, wantsJump: true }, 1, [chest]);
    go(state, {}, 1, [chest]);
    expect(state.y).toBeCloseTo(1, 2);
    const under = standing(0, 0, 14);
    let highest = 0;
    for (let step = 0; step < 60; step++) {
      walk(under, { ...still, wantsJump: step === 0 }, 0, 1 / 60, [], [box([0, 2.1, 14], [4, 0.2, 4])]);
      highest = Math.max(highest, under.y);
    }
    expect(highest).toBeLessThan(0.31);
    expect(under.y).toBeCloseTo(0, 3);
  });

  it('goes up with what lifts them', () => {
    const state = standing(0, 0, 14);
    for (let step = 0; step <= 120; step++) {
      walk(state, still, 0, 1 / 60, [], [box([0, step * 0.01 - 0.1, 14], [2, 0.2, 2])]);
    }
    expect(state.y).toBeCloseTo(1.2, 1);
  });

  it('is not held by what has come over them: they walk out of it', () => {
    const block = box([0, 1, 14], [3, 2, 3]);
    const state = standing(0, 0, 14);
    go(state, ahead, 3, [block]);
    expect(state.z).toBeLessThan(12);
    go(state, { forward: -1 }, 3, [block]);
    expect(state.z).toBeCloseTo(12.2, 1);
  });

  it('is never thrown about, wherever things stand', () => {
    const place = fc.tuple(...[0, 1, 2].map(() => fc.double({ min: -3, max: 3, noNaN: true })));
    const size = fc.tuple(...[0, 1, 2].map(() => fc.double({ min: 0.01, max: 8, noNaN: true })));
    const turn = fc.double({ min: -3, max: 3, noNaN: true });
    const solid = fc.record({ place, size, turn, isBall: fc.boolean() }).map(({ place, size, turn, isBall }) => ({
      ...box([place[0], place[1], 14 + place[2]], [size[0], size[1], size[2]], {
        ...{ x: Math.sin(turn / 2) * 0.6, y: Math.sin(turn / 2) * 0.8, z: 0 },
        w: Math.cos(turn / 2),
      }),
      form: isBall ? ('ball' as const) : ('box' as const),
    }));
    fc.assert(
      fc.property(fc.array(solid, { maxLength: 8 }), (solids) => {
        const state = standing(0, 0, 14);
        for (let step = 0; step < 60; step++) {
          const before = { ...state };
          walk(state, { ...still, forward: 1 }, step / 9, 1 / 30, [], solids);
          expect(Number.isFinite(state.x + state.y + state.z)).toBe(true);
          // One stride, and a body's width for each of several things that push.
          expect(Math.hypot(state.x - before.x, state.z - before.z)).toBeLessThan(0.3 + 0.6 * (solids.length + 1));
          expect(state.y).toBeGreaterThan(-1);
          expect(state.y).toBeLessThan(20);
        }
      }),
    );
  });
});

describe('Solids', () => {
  const solid = fc
    .tuple(
      fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
      fc.constantFrom<Solid['form']>('box', 'ball'),
      fc.double({ min: 0.2, max: 4, noNaN: true }),
    )
    .map(([turn, form, size]): Solid => ({
      ...box([1, 2, 3], [size, size, size], { x: 0, y: Math.sin(turn / 2), z: 0, w: Math.cos(turn / 2) }),
      form,
    }));

  it('are gone through from where they are nearest to where they end', () => {
    fc.assert(
      fc.property(solid, (thing) => {
        const origin = { x: -9, y: 2, z: 3 };
        const way = crossing(thing, origin, { x: 1, y: 0, z: 0 });
        expect(way).toBeDefined();
        const [from, to] = way!;
        expect(holds(thing, { ...origin, x: origin.x + (from + to) / 2 })).toBe(true);
        expect(holds(thing, { ...origin, x: origin.x + from - 0.01 })).toBe(false);
        const nearest = nearestOf(thing, origin);
        expect(Math.hypot(nearest.x + 9, nearest.y - 2, nearest.z - 3)).toBeLessThanOrEqual(from + 1e-6);
      }),
    );
  });

  it('keep the camera on this side of a wall', () => {
    const head = { x: 0, y: 1.6, z: 9 };
    expect(solidReach(head, { x: 0, y: 2, z: 13 }, [wall])).toBeCloseTo((0.9 - 0.25) / 4, 2);
    expect(solidReach(head, { x: 0, y: 2, z: 13 }, [{ ...wall, isOpaque: false }])).toBe(1);
    expect(solidReach(head, { x: 0, y: 2, z: 5 }, [wall])).toBe(1);
  });

  it.each([
    ['a box', 'Box', {}, 'box'],
    ['a ball', 'Sphere', {}, 'ball'],
    ['a cylinder', 'Shape', { shape: 'Cylinder' }, 'box'],
    ['a box that nobody sees', 'Box', { visible: false }, 'box'],
    ['a box without collisions', 'Box', { collisionless: true }, undefined],
    ['a box that passes through people', 'Box', { collidesWith: 'static,dynamic' }, undefined],
    ['a box whose mask leaves people out', 'Box', { collisionMask: 23 }, undefined],
    ['a model', 'Model', {}, undefined],
    ['a model with a simple form', 'Model', { shapeType: 'box' }, 'box'],
    ['a picture', 'Image', {}, undefined],
  ])('%s', (_what, type, properties, form) => {
    expect(solidOf(new ShownValues(type, properties))?.form).toBe(form);
  });
});
