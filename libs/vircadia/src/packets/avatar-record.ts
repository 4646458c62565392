import type { Quat, Vec3 } from '@app/world';
import type { ByteReader } from '../coding/byte-reader.js';
import type { ByteWriter } from '../coding/byte-writer.js';
import type { Codec } from '../coding/codec.js';
import { type PackedQuat, readPackedQuat, writePackedQuat } from '../coding/packed-quat.js';
import {
  packGain,
  packRatio,
  readFixedVec3,
  unpackGain,
  unpackRatio,
  writeFixedVec3,
} from '../coding/quantized-numbers.js';
import {
  type JointData,
  type JointDefaults,
  readJointData,
  readJointDefaults,
  writeJointData,
  writeJointDefaults,
} from './avatar-joints.js';
import { AvatarSection as Section } from './avatar-sections.js';

/** What is told of an avatar at one time (specification F.1); undefined: not told. */
export interface AvatarRecord {
  /** In m, in the world, also of somebody who sits on something. */
  readonly globalPosition?: Vec3;
  readonly boundingBox?: { readonly dimensions: Vec3; /** From the position. */ readonly offset: Vec3 };
  /** In the frame of the parent if there is one. */
  readonly orientation?: PackedQuat;
  readonly scale?: number;
  readonly lookAt?: Vec3;
  /** Linear, 1024 for full scale; in half decibels on the wire. */
  readonly audioLoudness?: number;
  /** Where the room is in which a person with a headset stands. The scale has 10 bits behind the point. */
  readonly sensorToWorld?: {
    readonly orientation: PackedQuat;
    readonly scale: number;
    readonly translation: Vec3;
  };
  /** Bits of AvatarFlag. */
  readonly additionalFlags?: number;
  readonly parent?: { readonly id: string; /** 65535: none. */ readonly jointIndex: number };
  /** From the parent. */
  readonly localPosition?: Vec3;
  readonly hands?: { readonly left: HandPose; readonly right: HandPose };
  readonly face?: FaceTracker;
  readonly joints?: JointData;
  /** Only with joints. */
  readonly grabJoints?: { readonly left: GrabJoint; readonly right: GrabJoint; readonly mouse: GrabJoint };
  readonly jointDefaults?: JointDefaults;
}

export interface HandPose {
  readonly orientation: PackedQuat;
  /** From the avatar. */
  readonly position: Vec3;
}

export interface FaceTracker {
  readonly leftBlink: number;
  readonly rightBlink: number;
  readonly averageLoudness: number;
  readonly browLift: number;
  readonly blendshapes: readonly number[];
}

/** Where something that somebody holds from afar is. */
export interface GrabJoint {
  readonly position: Vec3;
  readonly rotation: Quat;
}

/** Two bytes about behaviour (specification F.2). Key state is `(flags >> 14) & 3`, hand state `(flags >> 12) & 3`. */
export const AvatarFlag = {
  ScriptedBlendshapes: 1 << 11,
  ProceduralEyeMovement: 1 << 10,
  HasParent: 1 << 9,
  FingerPointing: 1 << 8,
  AudioFaceMovement: 1 << 7,
  ProceduralEyeMovementEnabled: 1 << 6,
  ProceduralBlink: 1 << 5,
  CollidesWithAvatars: 1 << 4,
  Hero: 1 << 3,
} as const;

const LOUDNESS_SCALE = 1024;
const SENSOR_RADIX = 10;
const HAND_RADIX = 12;

export const AvatarRecord: Codec<AvatarRecord> = {
  read(reader) {
    const flags = reader.u16('avatar flags');
    const has = (section: number): boolean => (flags & section) !== 0;
    // In the order of the wire.
    return {
      globalPosition: has(Section.GlobalPosition) ? reader.vec3('global position') : undefined,
      boundingBox: has(Section.BoundingBox) ? readBoundingBox(reader) : undefined,
      orientation: has(Section.Orientation) ? readPackedQuat(reader, 'orientation') : undefined,
      scale: has(Section.Scale) ? unpackRatio(reader.i16('scale')) : undefined,
      lookAt: has(Section.LookAt) ? reader.vec3('look at') : undefined,
      audioLoudness: has(Section.AudioLoudness) ? unpackGain(reader.u8('loudness')) * LOUDNESS_SCALE : undefined,
      sensorToWorld: has(Section.SensorToWorld) ? readSensorToWorld(reader) : undefined,
      additionalFlags: has(Section.AdditionalFlags) ? reader.u16('additional flags') : undefined,
      parent: has(Section.Parent) ? readParent(reader) : undefined,
      localPosition: has(Section.LocalPosition) ? reader.vec3('local position') : undefined,
      hands: has(Section.HandControllers) ? { left: readHand(reader), right: readHand(reader) } : undefined,
      face: has(Section.FaceTracker) ? readFace(reader) : undefined,
      joints: has(Section.JointData) ? readJointData(reader) : undefined,
      grabJoints: has(Section.JointData) && has(Section.GrabJoints) ? readGrabJoints(reader) : undefined,
      jointDefaults: has(Section.JointDefaults) ? readJointDefaults(reader) : undefined,
    };
  },
  write(writer, record) {
    writer.u16(flagsOf(record), 'avatar flags');
    const { globalPosition, boundingBox, orientation, scale, lookAt, audioLoudness, sensorToWorld } = record;
    if (globalPosition) writer.vec3(globalPosition, 'global position');
    if (boundingBox) {
      writer.vec3(boundingBox.dimensions, 'bounding box');
      writer.vec3(boundingBox.offset, 'bounding box');
    }
    if (orientation !== undefined) writePackedQuat(writer, orientation, 'orientation');
    if (scale !== undefined) writer.i16(packRatio(scale), 'scale');
    if (lookAt) writer.vec3(lookAt, 'look at');
    if (audioLoudness !== undefined) writer.u8(packGain(audioLoudness / LOUDNESS_SCALE), 'loudness');
    if (sensorToWorld) writeSensorToWorld(writer, sensorToWorld);
    if (record.additionalFlags !== undefined) writer.u16(record.additionalFlags, 'additional flags');
    if (record.parent) {
      writer.uuid(record.parent.id, 'parent');
      writer.u16(record.parent.jointIndex, 'parent');
    }
    if (record.localPosition) writer.vec3(record.localPosition, 'local position');
    if (record.hands) for (const hand of [record.hands.left, record.hands.right]) writeHand(writer, hand);
    if (record.face) writeFace(writer, record.face);
    if (record.joints) writeJointData(writer, record.joints);
    if (record.joints && record.grabJoints) writeGrabJoints(writer, record.grabJoints);
    if (record.jointDefaults) writeJointDefaults(writer, record.jointDefaults);
  },
};

function flagsOf(record: AvatarRecord): number {
  let flags = 0;
  if (record.globalPosition) flags |= Section.GlobalPosition;
  if (record.boundingBox) flags |= Section.BoundingBox;
  if (record.orientation !== undefined) flags |= Section.Orientation;
  if (record.scale !== undefined) flags |= Section.Scale;
  if (record.lookAt) flags |= Section.LookAt;
  if (record.audioLoudness !== undefined) flags |= Section.AudioLoudness;
  if (record.sensorToWorld) flags |= Section.SensorToWorld;
  if (record.additionalFlags !== undefined) flags |= Section.AdditionalFlags;
  if (record.parent) flags |= Section.Parent;
  if (record.localPosition) flags |= Section.LocalPosition;
  if (record.hands) flags |= Section.HandControllers;
  if (record.face) flags |= Section.FaceTracker;
  if (record.joints) flags |= Section.JointData;
  if (record.joints && record.grabJoints) flags |= Section.GrabJoints;
  if (record.jointDefaults) flags |= Section.JointDefaults;
  return flags;
}

function readBoundingBox(reader: ByteReader): AvatarRecord['boundingBox'] {
  return { dimensions: reader.vec3('bounding box'), offset: reader.vec3('bounding box') };
}

function readSensorToWorld(reader: ByteReader): AvatarRecord['sensorToWorld'] {
  return {
    orientation: readPackedQuat(reader, 'sensor to world'),
    scale: reader.i16('sensor to world') * 2 ** -SENSOR_RADIX,
    translation: reader.vec3('sensor to world'),
  };
}

function writeSensorToWorld(
  writer: ByteWriter,
  { orientation, scale, translation }: NonNullable<AvatarRecord['sensorToWorld']>,
): void {
  writePackedQuat(writer, orientation, 'sensor to world');
  writer.i16(Math.min(32_767, Math.max(-32_768, Math.round(scale * 2 ** SENSOR_RADIX))), 'sensor to world');
  writer.vec3(translation, 'sensor to world');
}

function readParent(reader: ByteReader): AvatarRecord['parent'] {
  return { id: reader.uuid('parent'), jointIndex: reader.u16('parent') };
}

function readHand(reader: ByteReader): HandPose {
  return { orientation: readPackedQuat(reader, 'hand'), position: readFixedVec3(reader, HAND_RADIX, 'hand') };
}

function writeHand(writer: ByteWriter, { orientation, position }: HandPose): void {
  writePackedQuat(writer, orientation, 'hand');
  writeFixedVec3(writer, position, HAND_RADIX, 'hand');
}

function readFace(reader: ByteReader): FaceTracker {
  return {
    leftBlink: reader.f32('face tracker'),
    rightBlink: reader.f32('face tracker'),
    averageLoudness: reader.f32('face tracker'),
    browLift: reader.f32('face tracker'),
    blendshapes: Array.from({ length: reader.u8('face tracker') }, () => reader.f32('face tracker')),
  };
}

function writeFace(writer: ByteWriter, face: FaceTracker): void {
  const { leftBlink, rightBlink, averageLoudness, browLift, blendshapes } = face;
  for (const value of [leftBlink, rightBlink, averageLoudness, browLift]) writer.f32(value, 'face tracker');
  writer.u8(blendshapes.length, 'face tracker');
  for (const value of blendshapes) writer.f32(value, 'face tracker');
}

function readGrabJoints(reader: ByteReader): AvatarRecord['grabJoints'] {
  return { left: readGrabJoint(reader), right: readGrabJoint(reader), mouse: readGrabJoint(reader) };
}

/** Its quaternion begins with w, unlike all others. */
function readGrabJoint(reader: ByteReader): GrabJoint {
  const position = reader.vec3('grab joint');
  const w = reader.f32('grab joint');
  return { position, rotation: { ...reader.vec3('grab joint'), w } };
}

function writeGrabJoints(writer: ByteWriter, { left, right, mouse }: NonNullable<AvatarRecord['grabJoints']>): void {
  for (const { position, rotation } of [left, right, mouse]) {
    writer.vec3(position, 'grab joint');
    writer.f32(rotation.w, 'grab joint');
    writer.vec3(rotation, 'grab joint');
  }
}
