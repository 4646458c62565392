import { describe, expect, it } from '@jest/globals';
import { bodyShapeOf } from './body-shape.js';
import { collisionGroupsOf, collisionMaskOf } from './collision-groups.js';
import { hasHull, hullPoints } from './hull-points.js';

const cube = (m: number) => ({ x: m, y: m, z: m });

describe('The shape of a body', () => {
  it('follows looks for shapes, and shapeType for models', () => {
    const form = (type: string, properties: object) => bodyShapeOf({ type, properties: properties as never })?.form;
    expect(form('Box', { dimensions: cube(2) })).toEqual({ kind: 'box', extents: cube(2) });
    expect(form('Sphere', { dimensions: cube(2) })).toMatchObject({ kind: 'ball', radiusM: 1 });
    expect(form('Sphere', { dimensions: { x: 1, y: 2, z: 1 } })).toMatchObject({ kind: 'hull', form: 'Sphere' });
    expect(form('Shape', { shape: 'Cone' })).toMatchObject({ kind: 'hull', form: 'Cone' });
    expect(form('Shape', { shape: 'Cylinder', dimensions: cube(2) })).toMatchObject({ kind: 'cylinder', axis: 'y' });
    expect(form('Model', {})).toBeUndefined();
    expect(form('Model', { shapeType: 'capsule-x', dimensions: { x: 4, y: 1, z: 1 } })).toMatchObject({
      kind: 'capsule',
      axis: 'x',
      lengthM: 4,
      radiusM: 0.5,
    });
    expect(form('Model', { shapeType: 'compound', dimensions: cube(3) })).toEqual({ kind: 'box', extents: cube(3) });
    for (const type of ['Light', 'Text', 'Zone', 'Unheard']) expect(form(type, {})).toBeUndefined();
  });

  it('has its middle where the registration point says, and is never without thickness', () => {
    const properties = { dimensions: { x: 2, y: 0, z: 4 }, registrationPoint: { x: 0, y: 0.5, z: 1 } };
    const shape = bodyShapeOf({ type: 'Box', properties });
    expect(shape).toMatchObject({ offset: { x: 1, y: 0, z: -2 }, form: { extents: { x: 2, y: 0.01, z: 4 } } });
  });

  it('has corners that fill its extents', () => {
    for (const form of [
      'Cone',
      'Dodecahedron',
      'Icosahedron',
      'Octagon',
      'Octahedron',
      'Sphere',
      'Tetrahedron',
      'Triangle',
    ]) {
      expect(hasHull(form)).toBe(true);
      const points = hullPoints(form, { x: 1, y: 2, z: 4 });
      [1, 2, 4].forEach((extent, axis) => {
        const values = [...points].filter((_, index) => index % 3 === axis);
        expect(Math.max(...values)).toBeCloseTo(extent / 2);
        expect(Math.min(...values)).toBeCloseTo(-extent / 2);
      });
    }
    expect(hasHull('constructor')).toBe(false);
  });
});

describe('Collision groups', () => {
  it('come from words, else from the number, else are everything', () => {
    expect(collisionMaskOf({ collidesWith: 'static, kinematic,' })).toBe(5);
    expect(collisionMaskOf({ collidesWith: '', collisionMask: 31 })).toBe(0);
    expect(collisionMaskOf({ collisionMask: 65_535 })).toBe(31);
    expect(collisionMaskOf({ collisionMask: 0.5, collidesWith: 7 })).toBe(31);
    expect(collisionGroupsOf('kinematic', { collidesWith: 'dynamic' })).toBe((4 << 16) | 2);
  });
});
