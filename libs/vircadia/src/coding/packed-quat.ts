import type { Quat } from '@app/world';
import { malformed } from '../vircadia.errors.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

/**
 * A six-byte quaternion (specification 0.2) as one number of 48 bits: three components of 15 bits, and which of the four
 * is left out. It stays packed on its way through the server, because unpacking and packing again may leave out another
 * component of nearly the same size, and loses a little each time.
 */
export type PackedQuat = number & { readonly packedQuat: true };

export const PACKED_QUAT_BYTES = 6;

const STEPS = 32_767;
const SPREAD = Math.SQRT2;
const WORD = 0x1_0000;
const HAIR = 1e-6;

/** No rotation. */
export const PACKED_IDENTITY: PackedQuat = packQuat({ x: 0, y: 0, z: 0, w: 1 });

/** @param quat  normalised */
export function packQuat(quat: Quat): PackedQuat {
  const components = [quat.x, quat.y, quat.z, quat.w];
  let largest = 0;
  for (let i = 1; i < 4; i++) if (Math.abs(components[i]) > Math.abs(components[largest])) largest = i;
  // The component left out is negative by agreement.
  const sign = components[largest] > 0 ? -1 : 1;
  const words: number[] = [];
  for (let i = 0; i < 4; i++) {
    if (i === largest) continue;
    const steps = Math.floor(((sign * components[i] + Math.SQRT1_2) / SPREAD) * STEPS + HAIR);
    words.push(Math.min(STEPS, Math.max(0, steps)));
  }
  const [first, second, third] = words;
  return join(first + ((largest & 1) << 15), second + ((largest >> 1) << 15), third);
}

/** Always finite, whatever the bits are; normalised when they came from a normalised one. */
export function unpackQuat(packed: PackedQuat): Quat {
  const third = packed % WORD;
  const upper = Math.floor(packed / WORD);
  const second = upper % WORD;
  const first = Math.floor(upper / WORD);
  const a = component(first);
  const b = component(second);
  const c = component(third);
  const left = -Math.sqrt(Math.max(0, 1 - a * a - b * b - c * c));
  switch ((first >> 15) | ((second >> 15) << 1)) {
    case 0:
      return { x: left, y: a, z: b, w: c };
    case 1:
      return { x: a, y: left, z: b, w: c };
    case 2:
      return { x: a, y: b, z: left, w: c };
    default:
      return { x: a, y: b, z: c, w: left };
  }
}

/** Reads three words, each big-endian, and mends what the web SDK makes of a third word just below zero. */
export function readPackedQuat(reader: ByteReader, field: string): PackedQuat {
  const first = reader.u16BE(field);
  const second = reader.u16BE(field);
  return join(first, second, withoutTrap(reader.u16BE(field)));
}

export function writePackedQuat(writer: ByteWriter, packed: PackedQuat, field: string): void {
  const third = packed % WORD;
  writer.u32BE(Math.floor(packed / WORD), field);
  writer.u16BE(third, field);
}

/** The quaternion at one place of a list of packed ones. */
export function packedQuatAt(list: Uint8Array, index: number): PackedQuat {
  const at = index * PACKED_QUAT_BYTES;
  if (at + PACKED_QUAT_BYTES > list.length) throw malformed('quaternions', `There is none at ${index}.`);
  const word = (from: number): number => (list[from] << 8) | list[from + 1];
  return join(word(at), word(at + 2), withoutTrap(word(at + 4)));
}

/** A list of packed quaternions from `count` of them. */
export function packedQuatList(quats: readonly PackedQuat[]): Uint8Array {
  const list = new Uint8Array(quats.length * PACKED_QUAT_BYTES);
  const view = new DataView(list.buffer);
  quats.forEach((packed, index) => {
    view.setUint32(index * PACKED_QUAT_BYTES, Math.floor(packed / WORD));
    view.setUint16(index * PACKED_QUAT_BYTES + 4, packed % WORD);
  });
  return list;
}

/**
 * Mends a list of six-byte quaternions where it lies: without this, an exact quarter turn that a web client sent reaches
 * other web clients as NaN (trap 17).
 */
export function mendPackedQuats(list: Uint8Array): void {
  for (let at = 4; at + 1 < list.length; at += PACKED_QUAT_BYTES) {
    if ((list[at] & 0x80) === 0) continue;
    const third = withoutTrap((list[at] << 8) | list[at + 1]);
    list[at] = third >> 8;
    list[at + 1] = third & 0xff;
  }
}

/** Bit 15 means nothing; 0xffff is a component just below the smallest that there is. */
function withoutTrap(third: number): number {
  return third === 0xffff ? 0 : third & STEPS;
}

function component(word: number): number {
  return ((word & STEPS) / STEPS) * SPREAD - Math.SQRT1_2;
}

function join(first: number, second: number, third: number): PackedQuat {
  return ((first * WORD + second) * WORD + third) as PackedQuat;
}
