import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addScaled,
  apparentSize,
  cosFromView,
  distance,
  dot,
  forwardOf,
  isSphereInView,
  multiply,
  quatFromYaw,
  relevanceOf,
  RELEVANCE_MAX,
  RELEVANCE_MIN,
  rotate,
  rotateInverse,
  subtract,
  VIEW_COS_HALF_ANGLE,
  yawOf,
} from './index.js';

const vec = () => ({ x: 0, y: 0, z: 0 });
const quat = () => ({ x: 0, y: 0, z: 0, w: 1 });
const anyVec = fc.record({
  x: fc.double({ min: -100, max: 100, noNaN: true }),
  y: fc.double({ min: -100, max: 100, noNaN: true }),
  z: fc.double({ min: -100, max: 100, noNaN: true }),
});
const anyYaw = fc.double({ min: -3.14, max: 3.14, noNaN: true });

describe('vectors', () => {
  it('measure distance and difference', () => {
    const a = { x: 1, y: 2, z: 3 };
    const b = { x: 1, y: 5, z: 7 };
    expect(distance(a, b)).toBe(5);
    expect(subtract(b, a, vec())).toEqual({ x: 0, y: 3, z: 4 });
    expect(addScaled(a, subtract(b, a, vec()), 0.5, vec())).toEqual({ x: 1, y: 3.5, z: 5 });
    expect(dot(a, b)).toBe(32);
  });
});

describe('orientations', () => {
  it('look along -z without a turn and to the left (-x) after a quarter turn', () => {
    expect(forwardOf(quat(), vec()).z).toBe(-1);
    const left = forwardOf(quatFromYaw(Math.PI / 2, quat()), vec());
    expect(left.x).toBeCloseTo(-1, 12);
    expect(left.z).toBeCloseTo(0, 12);
  });

  it('know their yaw, and say 0 when they look straight up', () => {
    fc.assert(fc.property(anyYaw, (yaw) => expect(yawOf(quatFromYaw(yaw, quat()))).toBeCloseTo(yaw, 9)));
    expect(yawOf({ x: Math.SQRT1_2, y: 0, z: 0, w: Math.SQRT1_2 })).toBe(0);
  });

  it('rotate there and back, keeping lengths', () => {
    fc.assert(
      fc.property(anyYaw, anyVec, (yaw, v) => {
        const pitch = { x: Math.sin(0.3), y: 0, z: 0, w: Math.cos(0.3) };
        const q = multiply(quatFromYaw(yaw, quat()), pitch, quat());
        const turned = rotate(q, v, vec());
        expect(Math.hypot(turned.x, turned.y, turned.z)).toBeCloseTo(Math.hypot(v.x, v.y, v.z), 6);
        expect(distance(rotateInverse(q, turned, vec()), v)).toBeLessThan(1e-9);
        const ahead = rotate(q, { x: 0, y: 0, z: -1 }, vec());
        expect(distance(ahead, forwardOf(q, vec()))).toBeLessThan(1e-9);
      }),
    );
  });
});

describe('views', () => {
  const cone = { eye: { x: 0, y: 1.6, z: 0 }, forward: { x: 0, y: 0, z: -1 }, cosHalfAngle: VIEW_COS_HALF_ANGLE };

  it('see what is ahead and not what is behind', () => {
    expect(cosFromView(cone, 0, 1.6, -5)).toBeCloseTo(1, 12);
    expect(cosFromView(cone, 0, 1.6, 5)).toBeCloseTo(-1, 12);
    expect(isSphereInView(cone, 0, 1.6, -5, 1)).toBe(true);
    expect(isSphereInView(cone, 0, 1.6, 5, 1)).toBe(false);
    // Its centre is at 63 degrees, its rim within 60.
    expect(isSphereInView(cone, 10, 1.6, -5, 1)).toBe(true);
    expect(isSphereInView(cone, 10, 1.6, -5, 0.1)).toBe(false);
    expect(isSphereInView(cone, 0, 1.6, 0.5, 1)).toBe(true);
  });

  it('find things smaller with distance', () => {
    expect(apparentSize(1, 0.5)).toBe(1);
    expect(apparentSize(1, 10)).toBeCloseTo(0.1, 12);
  });

  it('care more for the near, the visible and the speaking, within bounds', () => {
    const near = relevanceOf(cone, 0, 0.7, -2, 0);
    expect(near).toBeGreaterThan(relevanceOf(cone, 0, 0.7, -20, 0));
    expect(near).toBeGreaterThan(relevanceOf(cone, 0, 0.7, 2, 0));
    expect(relevanceOf(cone, 0, 0.7, -20, 90)).toBeGreaterThan(relevanceOf(cone, 0, 0.7, -20, 0));
    fc.assert(
      fc.property(anyVec, fc.integer({ min: 0, max: 127 }), (v, loudness) => {
        const relevance = relevanceOf(cone, v.x, v.y, v.z, loudness);
        expect(relevance).toBeGreaterThanOrEqual(RELEVANCE_MIN);
        expect(relevance).toBeLessThanOrEqual(RELEVANCE_MAX);
      }),
    );
  });
});
