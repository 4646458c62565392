import { entityIdOfBytes, entityIdToBytes, type vicinity } from '@app/wire';
import type { EntityId, Motion, SessionId } from '@app/world';

/** Fields of an EntityMotion. */
export type MotionFields = vicinity.v1.EntityMotion.$Properties;

/** A motion as it is told. @param atMs  ms since 1970-01-01 UTC */
export function motionFieldsOf(id: EntityId, motion: Motion, atMs: number, ownerId: SessionId): MotionFields {
  const { position, rotation, velocity, angularVelocity } = motion;
  return {
    id: entityIdToBytes(id),
    atMs: Math.round(atMs),
    ...position,
    rotationX: rotation.x,
    rotationY: rotation.y,
    rotationZ: rotation.z,
    rotationW: rotation.w,
    velocityX: velocity.x,
    velocityY: velocity.y,
    velocityZ: velocity.z,
    angularX: angularVelocity.x,
    angularY: angularVelocity.y,
    angularZ: angularVelocity.z,
    ownerId,
  };
}

/** A motion as it came, its rotation of length one; undefined when it is none: not finite, or not turned at all. */
export function motionOfFields(fields: MotionFields): Motion | undefined {
  const [x, y, z, w] = [fields.rotationX, fields.rotationY, fields.rotationZ, fields.rotationW].map(numberOf);
  const length = Math.hypot(x, y, z, w);
  const position = { x: numberOf(fields.x), y: numberOf(fields.y), z: numberOf(fields.z) };
  const velocity = {
    x: numberOf(fields.velocityX),
    y: numberOf(fields.velocityY),
    z: numberOf(fields.velocityZ),
  };
  const angularVelocity = { x: numberOf(fields.angularX), y: numberOf(fields.angularY), z: numberOf(fields.angularZ) };
  const all = [position, velocity, angularVelocity].flatMap((vector) => [vector.x, vector.y, vector.z]);
  if (!(length > 0.5 && length < 2) || !all.every(Number.isFinite)) return undefined;
  const rotation = { x: x / length, y: y / length, z: z / length, w: w / length };
  return { position, rotation, velocity, angularVelocity };
}

/** The id that is meant; undefined when it is none. */
export function idOfBytes(bytes: Uint8Array | null | undefined): EntityId | undefined {
  return bytes?.length === 16 ? entityIdOfBytes(bytes) : undefined;
}

function numberOf(value: number | null | undefined): number {
  return value ?? 0;
}
