import type { Vec3 } from '@app/world';
import { bitAt, bitVectorBytes, countBits, packBits } from '../coding/bit-vector.js';
import type { ByteReader } from '../coding/byte-reader.js';
import type { ByteWriter } from '../coding/byte-writer.js';
import {
  mendPackedQuats,
  PACKED_QUAT_BYTES,
  packedQuatAt,
  type PackedQuat,
  packedQuatList,
} from '../coding/packed-quat.js';
import { packFixed } from '../coding/quantized-numbers.js';
import { FIXED_VEC3_BYTES } from './avatar-sections.js';

/** Bits behind the point of a joint's translation, as a share of the largest one. */
const TRANSLATION_RADIX = 14;

/**
 * Joints of an avatar (specification F.3), packed as they travel: views of the packet. What is absent has not changed
 * since the last record. Kept packed they reach others without loss, and a mixer does nothing with them.
 */
export interface JointData {
  /** 0 to 255. */
  readonly count: number;
  /** A bit for each joint; see bitAt. */
  readonly rotationsValid: Uint8Array;
  /** Six bytes for each valid one; see packedQuatAt. */
  readonly rotations: Uint8Array;
  readonly translationsValid: Uint8Array;
  /** What translations are shares of. */
  readonly translationMax: number;
  /** Six bytes for each valid one; see jointTranslationAt. */
  readonly translations: Uint8Array;
}

/** Which joints are as the model has them: a bit for each. */
export interface JointDefaults {
  readonly count: number;
  readonly rotations: Uint8Array;
  readonly translations: Uint8Array;
}

export function readJointData(reader: ByteReader): JointData {
  const count = reader.u8('joint count');
  const bytes = bitVectorBytes(count);
  const rotationsValid = reader.bytesOf(bytes, 'joint rotations');
  const rotations = reader.bytesOf(PACKED_QUAT_BYTES * countBits(rotationsValid, count), 'joint rotations');
  const translationsValid = reader.bytesOf(bytes, 'joint translations');
  const translationMax = reader.f32('translation max');
  const translations = reader.bytesOf(FIXED_VEC3_BYTES * countBits(translationsValid, count), 'joint translations');
  return { count, rotationsValid, rotations, translationsValid, translationMax, translations };
}

export function writeJointData(writer: ByteWriter, joints: JointData): void {
  writer.u8(joints.count, 'joint count');
  writer.bytes(joints.rotationsValid, 'joint rotations');
  const start = writer.offset;
  writer.bytes(joints.rotations, 'joint rotations');
  mendPackedQuats(writer.written(start));
  writer.bytes(joints.translationsValid, 'joint translations');
  writer.f32(joints.translationMax, 'translation max');
  writer.bytes(joints.translations, 'joint translations');
}

export function readJointDefaults(reader: ByteReader): JointDefaults {
  const count = reader.u8('joint defaults');
  const bytes = bitVectorBytes(count);
  return {
    count,
    rotations: reader.bytesOf(bytes, 'joint defaults'),
    translations: reader.bytesOf(bytes, 'joint defaults'),
  };
}

export function writeJointDefaults(writer: ByteWriter, { count, rotations, translations }: JointDefaults): void {
  writer.u8(count, 'joint defaults');
  writer.bytes(rotations, 'joint defaults');
  writer.bytes(translations, 'joint defaults');
}

/** The rotations that a record tells, by the index of the joint. */
export function* jointRotations(joints: JointData): Generator<readonly [joint: number, rotation: PackedQuat]> {
  let index = 0;
  for (let joint = 0; joint < joints.count; joint++) {
    if (bitAt(joints.rotationsValid, joint)) yield [joint, packedQuatAt(joints.rotations, index++)];
  }
}

/** The translations that a record tells, by the index of the joint. */
export function* jointTranslations(joints: JointData): Generator<readonly [joint: number, translation: Vec3]> {
  const view = new DataView(joints.translations.buffer, joints.translations.byteOffset);
  const scale = joints.translationMax * 2 ** -TRANSLATION_RADIX;
  let at = 0;
  for (let joint = 0; joint < joints.count; joint++) {
    if (!bitAt(joints.translationsValid, joint)) continue;
    const component = (offset: number): number => view.getInt16(at + offset, true) * scale;
    yield [joint, { x: component(0), y: component(2), z: component(4) }];
    at += FIXED_VEC3_BYTES;
  }
}

/** Joint data from rotations and translations of all joints; undefined for those that have not changed. */
export function packJoints(
  rotations: ReadonlyArray<PackedQuat | undefined>,
  translations: ReadonlyArray<Vec3 | undefined>,
): JointData {
  const told = translations.filter((translation) => translation !== undefined);
  const sizes = told.flatMap(({ x, y, z }) => [Math.abs(x), Math.abs(y), Math.abs(z)]);
  // Never 0, because it is divided by.
  const translationMax = Math.fround(Math.max(0.001, ...sizes));
  const packed = new DataView(new ArrayBuffer(told.length * FIXED_VEC3_BYTES));
  told.forEach(({ x, y, z }, index) => {
    [x, y, z].forEach((value, axis) => {
      packed.setInt16(index * FIXED_VEC3_BYTES + 2 * axis, packFixed(value / translationMax, TRANSLATION_RADIX), true);
    });
  });
  return {
    count: rotations.length,
    rotationsValid: packBits(rotations.map((rotation) => rotation !== undefined)),
    rotations: packedQuatList(rotations.filter((rotation) => rotation !== undefined)),
    translationsValid: packBits(rotations.map((_, joint) => translations[joint] !== undefined)),
    translationMax,
    translations: new Uint8Array(packed.buffer),
  };
}
