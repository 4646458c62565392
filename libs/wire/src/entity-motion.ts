import {
  ENTITY_POSITION_M_MAX,
  ENTITY_SPEED_MPS_MAX,
  ENTITY_SPIN_RADPS_MAX,
  type EntityId,
  type Motion,
  type SessionId,
  type Vec3,
} from '@app/world';
import { readEntityId, entityIdToBytes } from './entity-id.js';
import type { vicinity } from './generated/wire.js';

/** How far the length of a quaternion that went through floats may be from 1. */
const UNIT_TOLERANCE = 0.01;

/** Where a simulated body was, and how it moved, in the frame of its parent. */
export interface BodyMotion extends Motion {
  /** Whole ms since 1970-01-01 UTC by the server's clock. */
  readonly atMs: number;
  /** The session that simulates it; 0 for the server. */
  readonly ownerId: SessionId;
}

/** Why an EntityMotion is none: no id, no time, no numbers or no rotation; outside of every world; faster than anything. */
export type MotionFault = 'nonsense' | 'outside' | 'too-fast';

/** The fields of an EntityMotion. @param id  of the body; fails with `wire-malformed` for what is none */
export function packEntityMotion(id: EntityId, motion: BodyMotion): vicinity.v1.EntityMotion.$Properties {
  const { atMs, position, rotation, velocity, angularVelocity, ownerId } = motion;
  return {
    id: entityIdToBytes(id),
    atMs: Math.round(atMs),
    x: position.x,
    y: position.y,
    z: position.z,
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

/** What an EntityMotion says, within the limits of worlds, its rotation of length one; or why it says nothing. Never throws. */
export function unpackEntityMotion(
  fields: vicinity.v1.EntityMotion.$Properties,
): { id: EntityId; motion: BodyMotion } | MotionFault {
  const id = readEntityId(fields.id);
  const atMs = fields.atMs ?? 0;
  const position = vectorOf(fields.x, fields.y, fields.z);
  const velocity = vectorOf(fields.velocityX, fields.velocityY, fields.velocityZ);
  const angularVelocity = vectorOf(fields.angularX, fields.angularY, fields.angularZ);
  const { x, y, z } = vectorOf(fields.rotationX, fields.rotationY, fields.rotationZ);
  const w = fields.rotationW ?? 0;
  const length = Math.hypot(x, y, z, w);
  const isTime = Number.isSafeInteger(atMs) && atMs >= 0;
  const isPlaced = areFinite(position) && areFinite(velocity) && areFinite(angularVelocity);
  if (id === undefined || !isTime || !isPlaced || !(Math.abs(length - 1) <= UNIT_TOLERANCE)) return 'nonsense';
  if (largestOf(position) > ENTITY_POSITION_M_MAX) return 'outside';
  const isFast = largestOf(velocity) > ENTITY_SPEED_MPS_MAX || largestOf(angularVelocity) > ENTITY_SPIN_RADPS_MAX;
  if (isFast) return 'too-fast';
  const rotation = { x: x / length, y: y / length, z: z / length, w: w / length };
  return { id, motion: { atMs, position, rotation, velocity, angularVelocity, ownerId: fields.ownerId ?? 0 } };
}

type Maybe = number | null | undefined;

function vectorOf(x: Maybe, y: Maybe, z: Maybe): Vec3 {
  return { x: x ?? 0, y: y ?? 0, z: z ?? 0 };
}

function areFinite({ x, y, z }: Vec3): boolean {
  return Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(z);
}

function largestOf({ x, y, z }: Vec3): number {
  return Math.max(Math.abs(x), Math.abs(y), Math.abs(z));
}
