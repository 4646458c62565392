import { CoefficientCombineRule, ColliderDesc } from '@dimforge/rapier3d-compat';
import type { Quat } from '@app/world';
import type { Axis, BodyForm, BodyShape } from './body-shape.js';
import { hullPoints } from './hull-points.js';

/** How something feels to what hits it. */
export interface Surface {
  readonly friction: number;
  readonly restitution: number;
  /** See collisionGroupsOf. */
  readonly groups: number;
}

const HALF = Math.SQRT1_2;
/** From the engine's upright capsules and cylinders to those along an axis. */
const TURNS: Readonly<Record<Axis, Quat>> = {
  x: { x: 0, y: 0, z: -HALF, w: HALF },
  y: { x: 0, y: 0, z: 0, w: 1 },
  z: { x: HALF, y: 0, z: 0, w: HALF },
};

/** The engine's description of a shape, in the frame of its entity. */
export function colliderOf(shape: BodyShape, { friction, restitution, groups }: Surface): ColliderDesc {
  const { form, offset } = shape;
  const collider = formOf(form);
  if (form.kind === 'capsule' || form.kind === 'cylinder') collider.setRotation(TURNS[form.axis]);
  return (
    collider
      .setTranslation(offset.x, offset.y, offset.z)
      .setFriction(friction)
      .setRestitution(restitution)
      // Both surfaces count, as in the predecessor: a ball bounces less on sand.
      .setFrictionCombineRule(CoefficientCombineRule.Multiply)
      .setRestitutionCombineRule(CoefficientCombineRule.Multiply)
      .setCollisionGroups(groups)
  );
}

function formOf(form: BodyForm): ColliderDesc {
  switch (form.kind) {
    case 'ball':
      return ColliderDesc.ball(form.radiusM);
    case 'capsule':
      return ColliderDesc.capsule(form.lengthM / 2 - form.radiusM, form.radiusM);
    case 'cylinder':
      return ColliderDesc.cylinder(form.lengthM / 2, form.radiusM);
    case 'hull':
      // Without a hull (points so close that the engine finds no volume) there is still the box around it.
      return ColliderDesc.convexHull(hullPoints(form.form, form.extents)) ?? boxOf(form.extents);
    default:
      return boxOf(form.extents);
  }
}

function boxOf({ x, y, z }: { x: number; y: number; z: number }): ColliderDesc {
  return ColliderDesc.cuboid(x / 2, y / 2, z / 2);
}
