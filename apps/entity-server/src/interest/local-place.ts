import type { Entity } from '@app/entities';
import {
  advanceKinematics,
  boundingSphereOf,
  isMoving,
  type Quat,
  type Vec3,
  type WorldTransform,
  worldTransformOf,
} from '@app/world';

/** Where an entity is in its parent's frame, and the ball around it. */
export interface LocalPlace {
  readonly position: Vec3;
  readonly rotation: Quat;
  /** Centre of the ball, in the entity's own frame, in metres. */
  readonly centre: Vec3;
  readonly radiusM: number;
}

const ORIGIN: WorldTransform = { position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } };
const noParent = (): undefined => undefined;

/** Where an entity is at a time, in ms since 1970-01-01 UTC. */
export function localPlaceOf({ type, properties, movedAtMs }: Entity, wallMs: number): LocalPlace {
  const moved = { type, properties: advanceKinematics(type, properties, (wallMs - movedAtMs) / 1_000) };
  const { position, rotation } = worldTransformOf(moved, noParent);
  const { centre, radiusM } = boundingSphereOf(moved, ORIGIN);
  return { position, rotation, centre, radiusM };
}

/** Properties on which a LocalPlace depends; those of movement matter only while something moves. */
const PLACING = ['position', 'rotation', 'dimensions', 'registrationPoint', 'linePoints', 'parentID'] as const;

/** Whether two versions of an entity, neither of which moves by itself, are in the same place of the same frame. */
export function isSamePlace(before: Entity, after: Entity): boolean {
  if (before.type !== after.type || movesByItself(before) || movesByItself(after)) return false;
  return PLACING.every((name) => before.properties[name] === after.properties[name]);
}

/** Whether it moves without being edited. */
export function movesByItself(entity: Entity): boolean {
  return isMoving(entity.properties);
}
