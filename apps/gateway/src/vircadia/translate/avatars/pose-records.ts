import { AvatarRecord, ByteWriter, packJoints, packQuat, writeSkeletonData } from '@app/vircadia';
import { forwardOf, multiply, rotate } from '@app/spatial';
import { unpackPose } from '@app/wire';
import {
  EYE_HEIGHT_M,
  type Pose,
  type Quat,
  SESSIONS_PER_WORLD_MAX,
  type SessionId,
  type TrackedPoint,
  type Vec3,
} from '@app/world';
import { RECORD_BYTES_MAX } from './avatar-state.js';
import { HIPS_M } from './pose-of-avatar.js';

/** What somebody looks at is told this far away, in m. */
const LOOK_M = 4;
/** Loudness 127, full scale, in the numbers of the protocol: as loud as 16-bit samples are. */
const FULL_SCALE = 32_768;

interface MadeRecord {
  sequence: number;
  loudness: number;
  record: Uint8Array;
}

const scratch = new Uint8Array(RECORD_BYTES_MAX);
const writer = ByteWriter.into(scratch);

/** Joints of the plain skeleton, by which web clients see head and hands of those who have none of their own. */
const PLAIN_JOINTS = ['Hips', 'Head', 'LeftHand', 'RightHand'] as const;
/** Where they are in rest, above the feet and in the frame of the model, which looks along +z; in m. */
const PLAIN_REST: readonly Vec3[] = [
  { x: 0, y: 1, z: 0 },
  { x: 0, y: EYE_HEIGHT_M, z: 0 },
  { x: 0.36, y: 0.8, z: 0 },
  { x: -0.36, y: 0.8, z: 0 },
];

/** The trait SkeletonData of avatars that have none of their own, for web clients. */
export const PLAIN_SKELETON: Uint8Array = writeSkeletonData({
  translationMax: 2,
  scaleMax: 1,
  joints: PLAIN_JOINTS.map((name, jointIndex) => {
    const { x, y, z } = jointIndex === 0 ? PLAIN_REST[0] : subtracted(PLAIN_REST[jointIndex], PLAIN_REST[0]);
    return {
      name,
      jointIndex,
      parentIndex: jointIndex === 0 ? 65_535 : 0,
      boneType: jointIndex === 0 ? 1 : 3,
      translation: { x: x / 2, y: y / 2, z: z / 2 },
      rotation: packQuat({ x: 0, y: 0, z: 0, w: 1 }),
      scale: 1,
    };
  }),
});

/**
 * Avatar records of those of one world who have a pose of ours and nothing else. Each is made once for all who see it.
 *
 * Web clients get head and hands as joints of the plain skeleton; native ones, which would bend a real model by them, as what
 * is looked at and where controllers are, and the position where they expect it.
 */
export class PoseRecords {
  private readonly made = new Map<SessionId, MadeRecord>();

  constructor(private readonly isWeb: boolean) {}

  /** The avatar's record, which others share: not to be written to. */
  recordOf(sessionId: SessionId, sequence: number, pose: Uint8Array, loudness: number): Uint8Array {
    const known = this.made.get(sessionId);
    if (known?.sequence === sequence && known.loudness === loudness) return known.record;
    writer.reset(scratch);
    AvatarRecord.write(writer, this.make(unpackPose(pose), loudness));
    const record = writer.written().slice();
    if (this.made.size >= SESSIONS_PER_WORLD_MAX) this.made.clear();
    this.made.set(sessionId, { sequence, loudness, record });
    return record;
  }

  private make(pose: Pose, loudness: number): AvatarRecord {
    const { position, orientation } = pose;
    const audioLoudness = loudness === 0 ? 0 : FULL_SCALE * 10 ** ((loudness - 127) / 20);
    const common = { orientation: packQuat(orientation), scale: 1, lookAt: lookedAtFrom(pose), audioLoudness };
    if (this.isWeb) return { ...common, globalPosition: position, joints: plainJointsOf(pose) };
    const globalPosition = { x: position.x, y: position.y + HIPS_M, z: position.z };
    const { leftHand, rightHand } = pose;
    if (!leftHand && !rightHand) return { ...common, globalPosition };
    return { ...common, globalPosition, hands: { left: controllerOf(leftHand), right: controllerOf(rightHand) } };
  }
}

function controllerOf(hand: TrackedPoint | undefined): { orientation: ReturnType<typeof packQuat>; position: Vec3 } {
  if (!hand) return { orientation: packQuat({ x: 0, y: 0, z: 0, w: 1 }), position: { x: 0, y: 0, z: 0 } };
  const { x, y, z } = hand.position;
  return { orientation: packQuat(hand.orientation), position: { x, y: y - HIPS_M, z } };
}

function lookedAtFrom({ position, orientation, head }: Pose): Vec3 {
  const eyes: Vec3 = head ? { ...head.position } : { x: 0, y: EYE_HEIGHT_M, z: 0 };
  rotate(orientation, eyes, eyes);
  const gaze: Quat = head ? multiply(orientation, head.orientation, { x: 0, y: 0, z: 0, w: 1 }) : orientation;
  const ahead = forwardOf(gaze, { x: 0, y: 0, z: 0 });
  return {
    x: position.x + eyes.x + LOOK_M * ahead.x,
    y: position.y + eyes.y + LOOK_M * ahead.y,
    z: position.z + eyes.z + LOOK_M * ahead.z,
  };
}

/** The frame of the model is half a turn about the vertical axis away from ours. */
function plainJointsOf({ head, leftHand, rightHand }: Pose): AvatarRecord['joints'] {
  const points = [undefined, head, leftHand, rightHand];
  const rotations = points.map((point) => {
    if (!point) return packQuat({ x: 0, y: 0, z: 0, w: 1 });
    const { x, y, z, w } = point.orientation;
    return packQuat({ x: -x, y, z: -z, w });
  });
  const translations = points.map((point, index) => {
    if (index === 0) return PLAIN_REST[0];
    const at = point ? { x: -point.position.x, y: point.position.y, z: -point.position.z } : PLAIN_REST[index];
    return subtracted(at, PLAIN_REST[0]);
  });
  return packJoints(rotations, translations);
}

function subtracted(a: Vec3, b: Vec3): Vec3 {
  return { x: a.x - b.x, y: a.y - b.y, z: a.z - b.z };
}
