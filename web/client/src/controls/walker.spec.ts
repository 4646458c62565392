import { describe, expect, it } from '@jest/globals';
import { floorHeight, PAVILION } from '../world/place.js';
import { walk, type WalkIntent, type WalkState } from './walker.js';

const still: WalkIntent = { forward: 0, right: 0, isRunning: false, wantsJump: false };

function standing(x = 0, z = 20): WalkState {
  return { x, y: floorHeight(x, z), z, velocityX: 0, velocityY: 0, velocityZ: 0 };
}

function go(
  state: WalkState,
  intent: Partial<WalkIntent>,
  seconds: number,
  yaw = 0,
  obstacles = [{ x: 99, z: 99, radius: 1 }],
) {
  for (let step = 0; step < seconds * 60; step++) walk(state, { ...still, ...intent }, yaw, 1 / 60, obstacles);
}

describe('walk', () => {
  it('goes along -z at yaw 0, and to -x after a quarter turn to the left', () => {
    const ahead = standing();
    go(ahead, { forward: 1 }, 2);
    expect(ahead.z).toBeLessThan(16);
    expect(ahead.x).toBeCloseTo(0, 6);
    const left = standing();
    go(left, { forward: 1 }, 2, Math.PI / 2);
    expect(left.x).toBeLessThan(-4);
    expect(left.z).toBeCloseTo(20, 6);
  });

  it('is not faster diagonally', () => {
    const straight = standing();
    const diagonal = standing();
    go(straight, { forward: 1 }, 2);
    go(diagonal, { forward: 1, right: 1 }, 2);
    expect(Math.hypot(diagonal.x, diagonal.z - 20)).toBeCloseTo(20 - straight.z, 1);
  });

  it('says that nothing moved when nobody wants to, so that no pose is sent', () => {
    const state = standing();
    expect(walk(state, still, 0, 1 / 60, [])).toBe(false);
  });

  it('leaves somebody who was put into the air there until they move', () => {
    const state = { ...standing(), y: 0 };
    expect(walk(state, still, 0, 1 / 60, [{ x: 0, z: 20, radius: 1 }])).toBe(false);
    expect(state).toMatchObject({ x: 0, y: 0, z: 20 });
  });

  it('slides along what is in the way and never ends inside it', () => {
    const stone = { x: 0.2, z: 17, radius: 1 };
    const state = standing();
    go(state, { forward: 1 }, 4, 0, [stone]);
    expect(Math.hypot(state.x - stone.x, state.z - stone.z)).toBeGreaterThanOrEqual(1.29);
    expect(state.z).toBeLessThan(16);
  });

  it('comes down again after a jump', () => {
    const state = standing();
    walk(state, { ...still, wantsJump: true }, 0, 1 / 60, []);
    go(state, {}, 0.2);
    expect(state.y).toBeGreaterThan(0.3);
    go(state, {}, 2);
    expect(state.y).toBeCloseTo(0, 5);
  });

  it('climbs the steps of the pavilion', () => {
    const state = standing(PAVILION.x, PAVILION.z + 8);
    go(state, { forward: 1 }, 3);
    expect(state.y).toBeCloseTo(PAVILION.floorM, 2);
  });

  it('stays within the world', () => {
    const state = standing();
    go(state, { forward: 1, isRunning: true }, 60, 1);
    expect(Math.hypot(state.x, state.z)).toBeLessThanOrEqual(120.001);
  });
});
