import type { ByteReader } from '../coding/byte-reader.js';
import { bitVectorBytes, countBits } from '../coding/bit-vector.js';
import { PACKED_QUAT_BYTES } from '../coding/packed-quat.js';

/** Which sections an avatar record has: bits of its flags (specification F.1). */
export const AvatarSection = {
  GlobalPosition: 0x0001,
  BoundingBox: 0x0002,
  Orientation: 0x0004,
  Scale: 0x0008,
  LookAt: 0x0010,
  AudioLoudness: 0x0020,
  SensorToWorld: 0x0040,
  AdditionalFlags: 0x0080,
  Parent: 0x0100,
  LocalPosition: 0x0200,
  HandControllers: 0x0400,
  FaceTracker: 0x0800,
  JointData: 0x1000,
  JointDefaults: 0x2000,
  GrabJoints: 0x4000,
} as const;

/** Bytes of sections of a fixed size, in the order of the wire up to the hands. */
const FIXED: ReadonlyArray<readonly [section: number, bytes: number]> = [
  [AvatarSection.GlobalPosition, 12],
  [AvatarSection.BoundingBox, 24],
  [AvatarSection.Orientation, 6],
  [AvatarSection.Scale, 2],
  [AvatarSection.LookAt, 12],
  [AvatarSection.AudioLoudness, 1],
  [AvatarSection.SensorToWorld, 20],
  [AvatarSection.AdditionalFlags, 2],
  [AvatarSection.Parent, 18],
  [AvatarSection.LocalPosition, 12],
  [AvatarSection.HandControllers, 24],
];

export const GRAB_JOINTS_BYTES = 84;
const FACE_FIXED_BYTES = 16;
export const FIXED_VEC3_BYTES = 6;

/**
 * Steps over an avatar record, flags and sections, without looking into it: what a relay needs to tell one record from
 * the next.
 *
 * @returns  its flags
 */
export function skipAvatarRecord(reader: ByteReader): number {
  const flags = reader.u16('avatar flags');
  for (const [section, bytes] of FIXED) if ((flags & section) !== 0) reader.skip(bytes, 'avatar section');
  if ((flags & AvatarSection.FaceTracker) !== 0) {
    reader.skip(FACE_FIXED_BYTES, 'face tracker');
    reader.skip(4 * reader.u8('face tracker'), 'face tracker');
  }
  if ((flags & AvatarSection.JointData) !== 0) {
    skipJointData(reader);
    if ((flags & AvatarSection.GrabJoints) !== 0) reader.skip(GRAB_JOINTS_BYTES, 'grab joints');
  }
  if ((flags & AvatarSection.JointDefaults) !== 0) {
    reader.skip(2 * bitVectorBytes(reader.u8('joint defaults')), 'joint defaults');
  }
  return flags;
}

function skipJointData(reader: ByteReader): void {
  const count = reader.u8('joint count');
  const bytes = bitVectorBytes(count);
  reader.skip(PACKED_QUAT_BYTES * countBits(reader.bytesOf(bytes, 'joint rotations'), count), 'joint rotations');
  const translations = countBits(reader.bytesOf(bytes, 'joint translations'), count);
  reader.skip(4 + FIXED_VEC3_BYTES * translations, 'joint translations');
}
