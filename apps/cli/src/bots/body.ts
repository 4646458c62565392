import { type AudioPose, AvatarFlag, type AvatarRecord, type JointData, packQuat } from '@app/vircadia';
import type { Quat, Vec3 } from '@app/world';
import { stampOf } from './eyes.js';

/** People walk around a place of their own, in metres and metres per second. */
const ROUND_M = 1;
const WALK_M_PER_S = 1.2;
/** Above the ground. */
const MOUTH_M = 1.6;
const BOX_CORNER: Vec3 = { x: -0.5, y: 0, z: -0.5 };
const BOX_SCALE: Vec3 = { x: 1, y: 2, z: 1 };
const BOUNDING_BOX = { dimensions: BOX_SCALE, offset: BOX_CORNER };
/** One record in so many tells everything, for those who have missed something. */
const COMPLETE_EVERY = 50;
const FLAGS = AvatarFlag.ProceduralEyeMovementEnabled | AvatarFlag.ProceduralBlink | AvatarFlag.CollidesWithAvatars;

/** Where somebody stands. */
export interface Place {
  readonly x: number;
  readonly z: number;
  readonly yawRad: number;
  readonly walks: boolean;
}

/** Where a bot is and how it moves. */
export class Body {
  private records = 0;

  constructor(
    private readonly place: Place,
    private readonly walk: readonly JointData[],
    /** Where in the cycle of steps it begins. */
    private readonly firstRecord: number,
  ) {}

  audioPose(nowMs: number): AudioPose {
    const { position, orientation } = this.at(nowMs);
    return { position: { ...position, y: MOUTH_M }, orientation, boxCorner: BOX_CORNER, boxScale: BOX_SCALE };
  }

  /** What is told of the avatar next. */
  nextRecord(nowMs: number, wallMs: number, isTalking: boolean): AvatarRecord {
    const { position, orientation } = this.at(nowMs);
    const isComplete = this.records % COMPLETE_EVERY === 0;
    const joints = this.walk[isComplete ? 0 : (this.firstRecord + this.records) % this.walk.length];
    this.records++;
    return {
      globalPosition: position,
      boundingBox: isComplete ? BOUNDING_BOX : undefined,
      orientation: packQuat(orientation),
      scale: isComplete ? 1 : undefined,
      lookAt: { x: stampOf(wallMs), y: MOUTH_M, z: 0 },
      audioLoudness: isTalking ? 200 : 0,
      additionalFlags: isComplete ? FLAGS : undefined,
      joints,
    };
  }

  private at(nowMs: number): { position: Vec3; orientation: Quat } {
    const { x, z, yawRad, walks } = this.place;
    if (!walks) return { position: { x, y: 0, z }, orientation: yaw(yawRad) };
    const turn = yawRad + ((nowMs / 1_000) * WALK_M_PER_S) / ROUND_M;
    const position = { x: x + ROUND_M * Math.sin(turn), y: 0, z: z + ROUND_M * Math.cos(turn) };
    return { position, orientation: yaw(turn + Math.PI / 2) };
  }
}

function yaw(angleRad: number): Quat {
  return { x: 0, y: Math.sin(angleRad / 2), z: 0, w: Math.cos(angleRad / 2) };
}

/** Whose turn it is to talk: turns of two seconds, spread evenly, so that always the same share of all talks. */
export function isTurnOf(index: number, count: number, share: number, nowMs: number): boolean {
  if (share >= 1) return true;
  if (share <= 0) return false;
  const roundMs = TURN_MS / share;
  return (nowMs + (index / count) * roundMs) % roundMs < TURN_MS;
}

const TURN_MS = 2_000;
