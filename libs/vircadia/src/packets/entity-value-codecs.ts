import type { Quat, Vec3 } from '@app/world';
import { bitVectorBytes, packBits, unpackBits } from '../coding/bit-vector.js';
import type { ByteReader } from '../coding/byte-reader.js';
import { type ByteWriter, sizeIn16Bits } from '../coding/byte-writer.js';
import type { Codec } from '../coding/codec.js';
import { readEntityQuat, writeEntityQuat } from '../coding/entity-quat.js';
import { NULL_UUID, UUID_BYTES } from '../coding/uuid.js';
import { malformed } from '../vircadia.errors.js';

export interface WireColour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

export interface WireRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A cube by the corner with the smallest coordinates. */
export interface WireCube {
  readonly corner: Vec3;
  readonly size: number;
}

/** Who moves an entity, and how firmly (specification H.6). */
export interface SimulationOwner {
  readonly id: string;
  readonly priority: number;
}

/** What a property of an entity can be on the wire. Choices are numbers, in the order of the world's own words. */
export type WireValue =
  | boolean
  | number
  | string
  | null
  | Vec3
  | Quat
  | { readonly x: number; readonly y: number }
  | WireColour
  | WireRect
  | WireCube
  | SimulationOwner
  | Uint8Array
  | readonly boolean[]
  | readonly number[]
  | readonly string[]
  | readonly Vec3[]
  | readonly Quat[];

const OWNER_BYTES = UUID_BYTES + 1;

const uuidOrNull: Codec<string | null> = {
  read(reader) {
    const length = reader.u16('uuid');
    if (length === 0) return null;
    if (length !== UUID_BYTES) throw malformed('uuid', `A UUID does not have ${length} bytes.`);
    const id = reader.uuid('uuid');
    return id === NULL_UUID ? null : id;
  },
  write(writer, id) {
    writer.u16(id === null ? 0 : UUID_BYTES, 'uuid');
    if (id !== null) writer.uuid(id, 'uuid');
  },
};

const simulationOwner: Codec<SimulationOwner | null> = {
  read(reader) {
    const length = reader.u16('simulation owner');
    if (length === 0) return null;
    if (length !== OWNER_BYTES) throw malformed('simulation owner', `An owner does not have ${length} bytes.`);
    return { id: reader.uuid('simulation owner'), priority: reader.u8('simulation owner') };
  },
  write(writer, owner) {
    writer.u16(owner ? OWNER_BYTES : 0, 'simulation owner');
    if (!owner) return;
    writer.uuid(owner.id, 'simulation owner');
    writer.u8(owner.priority, 'simulation owner');
  },
};

const bytes: Codec<Uint8Array> = {
  read: (reader) => reader.bytesOf(reader.u16('bytes'), 'bytes'),
  write(writer, value) {
    writer.u16(sizeIn16Bits(value.length, 'bytes'), 'bytes');
    writer.bytes(value, 'bytes');
  },
};

const bools: Codec<readonly boolean[]> = {
  read(reader) {
    const count = reader.u16('bools');
    return unpackBits(reader.bytesOf(bitVectorBytes(count), 'bools'), count);
  },
  write(writer, values) {
    writer.u16(sizeIn16Bits(values.length, 'bools'), 'bools');
    writer.bytes(packBits(values), 'bools');
  },
};

/** Not a number, in any of its parts, is "as the other one". */
const vec3OrNull: Codec<Vec3 | null> = {
  read(reader) {
    const [x, y, z] = [reader.f32OrNull('vec3'), reader.f32OrNull('vec3'), reader.f32OrNull('vec3')];
    return x === null || y === null || z === null ? null : { x, y, z };
  },
  write: (writer, value) => writer.vec3(value ?? { x: Number.NaN, y: Number.NaN, z: Number.NaN }, 'vec3'),
};

/** All kinds of values that properties have on the wire (specification H.3). */
export const ENTITY_VALUE_CODECS = {
  bool: simple(
    (reader) => reader.bool('bool'),
    (writer, value: boolean) => writer.bool(value, 'bool'),
  ),
  u8: simple(
    (reader) => reader.u8('u8'),
    (writer, value: number) => writer.u8(value, 'u8'),
  ),
  u16: simple(
    (reader) => reader.u16('u16'),
    (writer, value: number) => writer.u16(value, 'u16'),
  ),
  u32: simple(
    (reader) => reader.u32('u32'),
    (writer, value: number) => writer.u32(value, 'u32'),
  ),
  u64: simple(
    (reader) => reader.u64('u64'),
    (writer, value: number) => writer.u64(value, 'u64'),
  ),
  f32: simple(
    (reader) => reader.f32('f32'),
    (writer, value: number) => writer.f32(value, 'f32'),
  ),
  f32OrNull: simple(
    (reader) => reader.f32OrNull('f32'),
    (writer, value: number | null) => writer.f32OrNull(value, 'f32'),
  ),
  vec2: simple(
    (reader) => ({ x: reader.f32('vec2'), y: reader.f32('vec2') }),
    (writer, value: { readonly x: number; readonly y: number }) => {
      writer.f32(value.x, 'vec2');
      writer.f32(value.y, 'vec2');
    },
  ),
  vec3: simple(
    (reader) => reader.vec3('vec3'),
    (writer, value: Vec3) => writer.vec3(value, 'vec3'),
  ),
  vec3OrNull,
  quat: simple(
    (reader) => readEntityQuat(reader, 'quat'),
    (writer, value: Quat) => writeEntityQuat(writer, value, 'quat'),
  ),
  colour: simple(
    (reader) => ({ red: reader.u8('colour'), green: reader.u8('colour'), blue: reader.u8('colour') }),
    (writer, { red, green, blue }: WireColour) => {
      for (const part of [red, green, blue]) writer.u8(part, 'colour');
    },
  ),
  rect: simple(
    (reader) => ({
      x: reader.u32('rect'),
      y: reader.u32('rect'),
      width: reader.u32('rect'),
      height: reader.u32('rect'),
    }),
    (writer, { x, y, width, height }: WireRect) => {
      for (const part of [x, y, width, height]) writer.u32(part, 'rect');
    },
  ),
  cube: simple(
    (reader) => ({ corner: reader.vec3('cube'), size: reader.f32('cube') }),
    (writer, { corner, size }: WireCube) => {
      writer.vec3(corner, 'cube');
      writer.f32(size, 'cube');
    },
  ),
  string: simple(
    (reader) => reader.str16('string'),
    (writer, value: string) => writer.str16(value, 'string'),
  ),
  bytes,
  simulationOwner,
  uuid: uuidOrNull,
  uuids: listOf<string>(
    UUID_BYTES,
    (reader) => reader.uuid('uuids'),
    (writer, id) => writer.uuid(id, 'uuids'),
  ),
  bools,
  quats: listOf<Quat>(
    8,
    (reader) => readEntityQuat(reader, 'quats'),
    (writer, value) => writeEntityQuat(writer, value, 'quats'),
  ),
  vec3s: listOf<Vec3>(
    12,
    (reader) => reader.vec3('vec3s'),
    (writer, value) => writer.vec3(value, 'vec3s'),
  ),
  f32s: listOf<number>(
    4,
    (reader) => reader.f32('f32s'),
    (writer, value) => writer.f32(value, 'f32s'),
  ),
} as const satisfies Readonly<Record<string, Codec<WireValue>>>;

export type WireKind = keyof typeof ENTITY_VALUE_CODECS;

function simple<Value>(
  read: (reader: ByteReader) => Value,
  write: (writer: ByteWriter, value: Value) => void,
): Codec<Value> {
  return { read, write };
}

/** A count of 16 bits, then that many; the count is believed only if there are bytes for it. */
function listOf<Value>(
  itemBytes: number,
  read: (reader: ByteReader) => Value,
  write: (writer: ByteWriter, value: Value) => void,
): Codec<readonly Value[]> {
  return {
    read(reader) {
      const count = reader.u16('list');
      if (count * itemBytes > reader.remainingBytes) throw malformed('list', `There are no ${count} values.`);
      return Array.from({ length: count }, () => read(reader));
    },
    write(writer, values) {
      writer.u16(sizeIn16Bits(values.length, 'list'), 'list');
      for (const value of values) write(writer, value);
    },
  };
}
