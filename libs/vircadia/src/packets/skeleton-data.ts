import type { Vec3 } from '@app/world';
import { ByteReader } from '../coding/byte-reader.js';
import { ByteWriter, sizeIn16Bits } from '../coding/byte-writer.js';
import { type PackedQuat, readPackedQuat, writePackedQuat } from '../coding/packed-quat.js';
import { packRatio, readFixedVec3, unpackRatio, writeFixedVec3 } from '../coding/quantized-numbers.js';
import { malformed } from '../vircadia.errors.js';

/** One joint of a skeleton. */
export interface SkeletonJoint {
  readonly name: string;
  readonly jointIndex: number;
  /** 65535: none. */
  readonly parentIndex: number;
  readonly boneType: number;
  /** A share of translationMax. */
  readonly translation: Vec3;
  readonly rotation: PackedQuat;
  /** A share of scaleMax. */
  readonly scale: number;
}

/** The trait SkeletonData: the joints of an avatar's model, for those who do not load it (specification F.7). */
export interface SkeletonData {
  readonly translationMax: number;
  readonly scaleMax: number;
  readonly joints: readonly SkeletonJoint[];
}

const TRANSLATION_RADIX = 14;
/** More than a trait can have. */
const SKELETON_BYTES_MAX = 32_767;

export function readSkeletonData(trait: Uint8Array): SkeletonData {
  const reader = new ByteReader(trait);
  const translationMax = reader.f32('translation max');
  const scaleMax = reader.f32('scale max');
  const count = reader.u8('joint count');
  const tableBytes = reader.u16('string table');
  const joints = Array.from({ length: count }, () => readJoint(reader));
  const table = reader.bytesOf(tableBytes, 'string table');
  return {
    translationMax,
    scaleMax,
    joints: joints.map(({ name, ...joint }) => ({ ...joint, name: nameIn(table, name) })),
  };
}

export function writeSkeletonData({ translationMax, scaleMax, joints }: SkeletonData): Uint8Array {
  const writer = ByteWriter.growing(SKELETON_BYTES_MAX);
  const names = joints.map(({ name }) => Buffer.from(name));
  writer.f32(translationMax, 'translation max');
  writer.f32(scaleMax, 'scale max');
  writer.u8(joints.length, 'joint count');
  writer.u16(sizeIn16Bits(Buffer.concat(names).length, 'string table'), 'string table');
  let start = 0;
  joints.forEach((joint, index) => {
    writeJoint(writer, joint, start, names[index].length);
    start += names[index].length;
  });
  for (const name of names) writer.bytes(name, 'string table');
  return writer.written();
}

interface NamePlace {
  readonly start: number;
  readonly length: number;
}

function readJoint(reader: ByteReader): Omit<SkeletonJoint, 'name'> & { name: NamePlace } {
  const name = { start: reader.u16('name'), length: reader.u8('name') };
  return {
    name,
    boneType: reader.u8('bone type'),
    translation: readFixedVec3(reader, TRANSLATION_RADIX, 'translation'),
    rotation: readPackedQuat(reader, 'rotation'),
    scale: unpackRatio(reader.i16('scale')),
    jointIndex: reader.u16('joint index'),
    parentIndex: reader.u16('parent index'),
  };
}

function writeJoint(writer: ByteWriter, joint: SkeletonJoint, nameStart: number, nameBytes: number): void {
  writer.u16(nameStart, 'name');
  writer.u8(nameBytes, 'name');
  writer.u8(joint.boneType, 'bone type');
  writeFixedVec3(writer, joint.translation, TRANSLATION_RADIX, 'translation');
  writePackedQuat(writer, joint.rotation, 'rotation');
  writer.i16(packRatio(joint.scale), 'scale');
  writer.u16(joint.jointIndex, 'joint index');
  writer.u16(joint.parentIndex, 'parent index');
}

function nameIn(table: Uint8Array, { start, length }: NamePlace): string {
  if (start + length > table.length) throw malformed('name', 'A name lies outside the string table.');
  return Buffer.from(table.subarray(start, start + length)).toString('utf8');
}
