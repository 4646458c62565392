import { describe, expect, it } from '@jest/globals';
import { cameraReach } from './camera-reach.js';

const head = { x: 0, z: 0 };
const camera = { x: 0, z: 4 };
const tree = { x: 0, z: 2, radius: 0.5, isTall: true };

describe('cameraReach', () => {
  it('keeps the camera in front of a tree that stands behind the person', () => {
    expect(cameraReach(head, camera, [tree])).toBeCloseTo((2 - 0.75) / 4, 6);
  });

  it('takes the nearest of several', () => {
    expect(cameraReach(head, camera, [{ ...tree, z: 3 }, tree])).toBe(cameraReach(head, camera, [tree]));
  });

  it.each([
    ['beside the way', { ...tree, x: 1 }],
    ['in front of the person', { ...tree, z: -2 }],
    ['beyond the camera', { ...tree, z: 6 }],
    ['lower than the view', { ...tree, isTall: false }],
    ['leant against', { ...tree, z: 0.6 }],
  ])('goes all the way when the tree is %s', (_, obstacle) => {
    expect(cameraReach(head, camera, [obstacle])).toBe(1);
  });

  it('has no way to measure in first person', () => {
    expect(cameraReach(head, head, [tree])).toBe(1);
  });
});
