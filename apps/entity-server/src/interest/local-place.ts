import type { Entity } from '@app/entities';
import type { EntityValue, Quat, Vec3 } from '@app/world';

/** Where an entity is in its parent's frame, and the sphere around it. */
export interface LocalPlace {
  readonly position: Vec3;
  readonly rotation: Quat;
  /** Centre of the sphere, in the entity's own frame, in metres. */
  readonly centre: Vec3;
  readonly radiusM: number;
}

/** Where an entity is at a time, in ms since 1970-01-01 UTC. */
export function localPlaceOf(entity: Entity, wallMs: number): LocalPlace {
  const { position, rotation, dimensions, velocity } = entity.properties;
  const elapsedS = Math.max(0, wallMs - entity.movedAtMs) / 1_000;
  const v = vectorOf(velocity, 0);
  const p = vectorOf(position, 0);
  const d = vectorOf(dimensions, 0.1);
  return {
    position: { x: p.x + v.x * elapsedS, y: p.y + v.y * elapsedS, z: p.z + v.z * elapsedS },
    rotation: rotationOf(rotation),
    centre: { x: 0, y: 0, z: 0 },
    radiusM: Math.hypot(d.x, d.y, d.z) / 2,
  };
}

/** Whether it moves without being edited. */
export function movesByItself(entity: Entity): boolean {
  const { x, y, z } = vectorOf(entity.properties.velocity, 0);
  return x !== 0 || y !== 0 || z !== 0;
}

function vectorOf(value: EntityValue | undefined, otherwise: number): Vec3 {
  const { x, y, z } = (value ?? {}) as Partial<Vec3>;
  return { x: x ?? otherwise, y: y ?? otherwise, z: z ?? otherwise };
}

function rotationOf(value: EntityValue | undefined): Quat {
  const { x, y, z, w } = (value ?? {}) as Partial<Quat>;
  return { x: x ?? 0, y: y ?? 0, z: z ?? 0, w: w ?? 1 };
}
