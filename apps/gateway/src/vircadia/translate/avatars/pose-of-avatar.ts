import { type HandPose, unpackQuat } from '@app/vircadia';
import { rotateInverse } from '@app/spatial';
import { EYE_HEIGHT_M, POSITION_M_MAX, type Pose, type Quat, type TrackedPoint, type Vec3 } from '@app/world';
import type { AvatarState } from './avatar-state.js';
import type { Skeleton } from './skeleton.js';

/** Points further from the body than this are no heads and hands, in m. */
const REACH_M_MAX = 8;
/** An avatar's position is no further above its feet than this, in m. */
const FEET_M_MAX = 4;
/** How far above its feet the hips of an avatar of ordinary size are, in m: where native clients say that it is. */
export const HIPS_M = 1.045;
/** A corner of a box is where it is to be, give or take, in m. */
const CORNER_M = 0.02;
/** What one looks at is no closer than this, in m; closer there is no direction. */
const LOOK_M_MIN = 0.05;

/**
 * The pose of ours that shows where an avatar is and what it does, as far as that is known: root, head and hands.
 */
export function poseOf(state: AvatarState, skeleton: Skeleton | undefined): Pose | undefined {
  const { globalPosition, orientation } = state.told;
  if (!globalPosition) return undefined;
  const feetM = feetBelow(state);
  const turn = orientation === undefined ? { x: 0, y: 0, z: 0, w: 1 } : unpackQuat(orientation);
  const pose: Pose = {
    position: {
      x: clamp(globalPosition.x, POSITION_M_MAX),
      y: clamp(globalPosition.y - feetM, POSITION_M_MAX),
      z: clamp(globalPosition.z, POSITION_M_MAX),
    },
    orientation: turn,
  };
  const head = headOf(state, skeleton, turn, feetM);
  if (head) pose.head = head;
  const { hands } = state.told;
  const leftHand = handOf(hands?.left, feetM) ?? jointOf('LeftHand', state, skeleton, feetM);
  const rightHand = handOf(hands?.right, feetM) ?? jointOf('RightHand', state, skeleton, feetM);
  if (leftHand) pose.leftHand = leftHand;
  if (rightHand) pose.rightHand = rightHand;
  return pose;
}

/**
 * How far an avatar's position is above its feet, in m. Native clients tell a box, and mean the hips; others have their feet
 * where they are, or tell a box that has its corner there.
 */
export function feetBelow({ told: { boundingBox, scale } }: AvatarState): number {
  if (!boundingBox) return 0;
  const { dimensions, offset } = boundingBox;
  const isCorner = [dimensions.x / 2 + offset.x, dimensions.z / 2 + offset.z].every((m) => Math.abs(m) < CORNER_M);
  if (isCorner && dimensions.x > 2 * CORNER_M) return Math.min(FEET_M_MAX, Math.max(0, -offset.y));
  return Math.min(FEET_M_MAX, HIPS_M * (scale ?? 1));
}

function headOf(
  state: AvatarState,
  skeleton: Skeleton | undefined,
  turn: Quat,
  feetM: number,
): TrackedPoint | undefined {
  const joint = jointOf('Head', state, skeleton, feetM);
  if (joint) return joint;
  const { globalPosition, lookAt, scale } = state.told;
  if (!lookAt || !globalPosition) return undefined;
  const eyesM = EYE_HEIGHT_M * Math.min(REACH_M_MAX / EYE_HEIGHT_M, scale ?? 1);
  const ahead: Vec3 = {
    x: lookAt.x - globalPosition.x,
    y: lookAt.y - (globalPosition.y - feetM + eyesM),
    z: lookAt.z - globalPosition.z,
  };
  rotateInverse(turn, ahead, ahead);
  if (Math.hypot(ahead.x, ahead.y, ahead.z) < LOOK_M_MIN) return undefined;
  return { position: { x: 0, y: eyesM, z: 0 }, orientation: lookingAlong(ahead) };
}

/** Turned to the side, then up or down. */
function lookingAlong({ x, y, z }: Vec3): Quat {
  const yaw = Math.atan2(-x, -z) / 2;
  const pitch = Math.atan2(y, Math.hypot(x, z)) / 2;
  const [sinYaw, cosYaw, sinPitch, cosPitch] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  return { x: cosYaw * sinPitch, y: sinYaw * cosPitch, z: -sinYaw * sinPitch, w: cosYaw * cosPitch };
}

/** Controllers that are not there are told in the middle of the avatar. */
function handOf(hand: HandPose | undefined, feetM: number): TrackedPoint | undefined {
  if (!hand) return undefined;
  const { x, y, z } = hand.position;
  if (x === 0 && y === 0 && z === 0) return undefined;
  return withinReach({ position: { x, y: y + feetM, z }, orientation: unpackQuat(hand.orientation) });
}

function jointOf(
  name: string,
  { joints }: AvatarState,
  skeleton: Skeleton | undefined,
  feetM: number,
): TrackedPoint | undefined {
  const point = skeleton?.pointOf(name, joints);
  if (!point) return undefined;
  point.position.y += feetM;
  return withinReach(point);
}

/** Whoever has no sensible place gets none, and one without a direction neither. */
function withinReach(point: TrackedPoint): TrackedPoint | undefined {
  const { position, orientation } = point;
  const length = Math.hypot(orientation.x, orientation.y, orientation.z, orientation.w);
  const isNear = Math.hypot(position.x, position.y, position.z) <= REACH_M_MAX;
  return isNear && length > 0.5 && length < 2 ? point : undefined;
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value));
}
