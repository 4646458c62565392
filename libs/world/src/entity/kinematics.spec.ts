import { describe, expect, it } from '@jest/globals';
import {
  advanceKinematics,
  type EntityProperties,
  isMoving,
  type Motion,
  motionAfter,
  type Quat,
  type Vec3,
} from '@app/world';
import fc from 'fast-check';

const size = (max: number) => fc.double({ min: -max, max, noNaN: true });
const vector = (max: number) => fc.record({ x: size(max), y: size(max), z: size(max) });
const share = fc.oneof(fc.constantFrom(0, 1, 0.39347, 0.001), fc.double({ min: 0, max: 1, noNaN: true }));
const seconds = fc.double({ min: 0, max: 20, noNaN: true });
const moving = fc
  .record({
    position: vector(100),
    velocity: vector(10),
    angularVelocity: vector(10),
    acceleration: fc.option(vector(5), { nil: { x: 0, y: 0, z: 0 } }),
    gravity: fc.option(vector(10), { nil: { x: 0, y: 0, z: 0 } }),
    damping: share,
    angularDamping: share,
    dynamic: fc.boolean(),
    turn: size(3),
  })
  .map(({ turn, ...rest }): EntityProperties => ({
    ...rest,
    rotation: { x: 0, y: Math.sin(turn / 2), z: 0, w: Math.cos(turn / 2) },
  }));

const at = (properties: EntityProperties, elapsedS: number): Motion => motionAfter('Box', properties, elapsedS);

function expectNear(found: Motion, expected: Motion): void {
  for (const key of ['position', 'rotation', 'velocity', 'angularVelocity'] as const) {
    const a = found[key] as unknown as Record<string, number>;
    const b = expected[key] as unknown as Record<string, number>;
    const scale = Math.max(1, Math.hypot(...Object.values(b)));
    for (const axis of Object.keys(b)) expect(Math.abs(a[axis] - b[axis]) / scale).toBeLessThan(1e-9);
  }
}

describe('kinematics', () => {
  it('does not depend on the number of steps', () => {
    fc.assert(
      fc.property(moving, seconds, seconds, (properties, first, second) => {
        const there = advanceKinematics('Box', properties, first);
        expectNear(at(there, second), at(properties, first + second));
      }),
      { numRuns: 1_000 },
    );
  });

  it('moves as small steps would', () => {
    fc.assert(
      fc.property(moving, (properties) => {
        const { damping, dynamic } = properties as { damping: number; dynamic: boolean };
        // What is damped wholly stands at once, which small steps do not show.
        if (damping > 0.99) return;
        const pull = (dynamic ? properties.gravity : properties.acceleration) as unknown as Vec3;
        if (Math.hypot(pull.x, pull.y, pull.z) === 0) return;
        let x = (properties.position as unknown as Vec3).x;
        let speed = (properties.velocity as unknown as Vec3).x;
        const step = 1e-4;
        for (let i = 0; i < 10_000; i++) {
          const decayed = speed * (1 - damping) ** step + pull.x * step;
          x += ((speed + decayed) / 2) * step;
          speed = decayed;
        }
        expect(at(properties, 1).position.x).toBeCloseTo(x, 2);
        expect(at(properties, 1).velocity.x).toBeCloseTo(speed, 2);
      }),
      { numRuns: 50 },
    );
  });

  it('loses the share of its velocity that damping says in each second', () => {
    const ball = { velocity: { x: 8, y: 0, z: 0 }, damping: 0.5 };
    expect(at(ball, 1).velocity.x).toBeCloseTo(4, 12);
    expect(at(ball, 3).velocity.x).toBeCloseTo(1, 12);
    expect(at(ball, 1).position.x).toBeCloseTo(4 / Math.log(2), 12);
  });

  it('has the damping of the predecessor when none is given', () => {
    expect(at({ velocity: { x: 1, y: 0, z: 0 } }, 1).velocity.x).toBeCloseTo(1 - 0.39347, 12);
  });

  it('turns about the axis of its angular velocity, before its own rotation', () => {
    const quarter = { angularVelocity: { x: 0, y: Math.PI / 2, z: 0 }, angularDamping: 0 };
    const { rotation } = at(quarter, 1);
    expectQuat(rotation, { x: 0, y: Math.SQRT1_2, z: 0, w: Math.SQRT1_2 });
    const lying = { ...quarter, rotation: { x: Math.SQRT1_2, y: 0, z: 0, w: Math.SQRT1_2 } };
    expectQuat(at(lying, 1).rotation, { x: 0.5, y: 0.5, z: -0.5, w: 0.5 });
    expectQuat(at(quarter, 400).rotation, { x: 0, y: 0, z: 0, w: 1 });
  });

  it('falls by gravity when it is dynamic, and not otherwise', () => {
    const ball = { velocity: { x: 1, y: 0, z: 0 }, gravity: { x: 0, y: -10, z: 0 }, damping: 0 };
    expect(at({ ...ball, dynamic: true }, 2).position.y).toBeCloseTo(-20, 12);
    expect(at(ball, 2).position.y).toBe(0);
    expect(at({ ...ball, acceleration: { x: 0, y: 1, z: 0 } }, 2).position.y).toBeCloseTo(2, 12);
  });

  it('leaves alone what rests', () => {
    const resting = { position: { x: 1, y: 2, z: 3 }, gravity: { x: 0, y: -10, z: 0 }, dynamic: true };
    expect(isMoving(resting)).toBe(false);
    expect(advanceKinematics('Box', resting, 10)).toBe(resting);
    const still = { velocity: { x: 0, y: 0, z: 0 }, angularVelocity: { x: 0, y: 0, z: 0 } };
    expect(advanceKinematics('Box', still, 10)).toBe(still);
  });

  it('comes to rest where damping ends, and is then not moving any more', () => {
    const later = advanceKinematics(
      'Box',
      { velocity: { x: 5, y: 0, z: 0 }, angularVelocity: { x: 0, y: 5, z: 0 } },
      60,
    );
    expect(isMoving(later)).toBe(false);
    // A hand of a clock is slow, but nothing holds it back.
    const hand = { angularVelocity: { x: 0, y: 0, z: -0.000145 }, angularDamping: 0 };
    expect(isMoving(advanceKinematics('Box', hand, 1e6))).toBe(true);
  });

  it('stops at the edge of the world', () => {
    const lost = advanceKinematics('Box', { velocity: { x: 900, y: 1, z: 0 }, damping: 0 }, 1e9);
    expect(lost.position).toEqual({ x: 16_000, y: 16_000, z: 0 });
    expect(isMoving(lost)).toBe(false);
    const thrown = { velocity: { x: 900, y: 1, z: 0 }, acceleration: { x: 1, y: 0, z: 0 } };
    expect(isMoving(advanceKinematics('Box', thrown, Number.MAX_VALUE))).toBe(false);
  });

  it('comes to an end with speeds that no world allows', () => {
    const speed = { x: 1e300, y: 1e300, z: 1e-300 };
    for (const damping of [0, 1e-300, 0.4, 1]) {
      const properties = { velocity: speed, angularVelocity: speed, damping, angularDamping: damping };
      const { position } = advanceKinematics('Box', properties, 1) as { position: Record<string, number> };
      expect(Object.values(position).every((axis) => Math.abs(axis) <= 16_000)).toBe(true);
    }
  });

  it('keeps other properties, changes none that was given, and goes never back', () => {
    const ball = Object.freeze({ name: 'ball', velocity: Object.freeze({ x: 1, y: 0, z: 0 }), damping: 0 });
    expect(advanceKinematics('Box', ball, 2)).toEqual({ ...ball, position: { x: 2, y: 0, z: 0 } });
    expect(advanceKinematics('Box', ball, -1)).toBe(ball);
    expect(advanceKinematics('Box', ball, NaN)).toBe(ball);
  });
});

function expectQuat(found: Quat, expected: Quat): void {
  const same = found.x * expected.x + found.y * expected.y + found.z * expected.z + found.w * expected.w;
  expect(Math.abs(same)).toBeCloseTo(1, 9);
}
