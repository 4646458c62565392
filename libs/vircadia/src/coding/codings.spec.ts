import { describe, expect, it } from '@jest/globals';
import { bytesOf, CODING_VECTORS, hexOf, type Vector } from '../../test/vectors.js';
import { readByteCountCoded, writeByteCountCoded } from './byte-count-coded.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import {
  packedQuatAt,
  packedQuatList,
  packQuat,
  readPackedQuat,
  unpackQuat,
  mendPackedQuats,
  writePackedQuat,
} from './packed-quat.js';
import { readPropertyFlags, writePropertyFlags } from './property-flags.js';
import { qCompress, qUncompress } from './q-compress.js';
import {
  packAngle,
  packClip,
  packGain,
  packRatio,
  unpackAngle,
  unpackClip,
  unpackGain,
  unpackRatio,
  writeFixedVec3,
  readFixedVec3,
} from './quantized-numbers.js';

const written = (write: (writer: ByteWriter) => void): string => {
  const writer = ByteWriter.growing(100);
  write(writer);
  return hexOf(writer.written());
};
const vectors = (kind: string): Vector[] =>
  CODING_VECTORS.filter(({ packetType }) => packetType === `(coding) ${kind}`);
const quatOf = ([x, y, z, w]: readonly number[]) => ({ x, y, z, w });

describe('codings of the specification', () => {
  it('are all here', () => {
    const kinds = ['ByteCountCoded', 'PropertyFlags', 'six-byte quaternion', 'six-byte fixed vec3'];
    const tested = [...kinds, 'two-byte ratio', 'two-byte clip value'].flatMap(vectors);
    expect(tested).toHaveLength(CODING_VECTORS.length);
  });

  it.each(vectors('ByteCountCoded'))('$name', (vector) => {
    const value = vector.fields.value as number;
    expect(readByteCountCoded(new ByteReader(bytesOf(vector)), 'value')).toBe(value);
    expect(written((writer) => writeByteCountCoded(writer, value, 'value'))).toBe(vector.hex);
  });

  it.each(vectors('PropertyFlags'))('$name', (vector) => {
    const flags = vector.fields.flags as number[];
    expect([...readPropertyFlags(new ByteReader(bytesOf(vector)), 'flags')]).toEqual(flags);
    expect(written((writer) => writePropertyFlags(writer, flags, 'flags'))).toBe(vector.hex);
  });

  it.each(vectors('six-byte quaternion'))('$name', (vector) => {
    const packed = packQuat(quatOf(vector.fields.quat as number[]));
    const { x, y, z, w } = vector.fields.decodedBySDK as Record<string, number>;
    // What the SDK itself reads as NaN is written as it should be (trap 17).
    const isTrap = vector.hex.endsWith('ffff') && y === null;
    const hex = isTrap ? `${vector.hex.slice(0, 8)}0000` : vector.hex;
    expect(written((writer) => writePackedQuat(writer, packed, 'quat'))).toBe(hex);
    expect(readPackedQuat(new ByteReader(bytesOf(vector)), 'quat')).toBe(packed);
    if (!isTrap)
      for (const [found, wanted] of Object.entries(unpackQuat(packed)))
        expect(wanted).toBeCloseTo({ x, y, z, w }[found]!, 12);
    expect(Object.values(unpackQuat(packed)).every(Number.isFinite)).toBe(true);
  });

  it.each(vectors('two-byte ratio'))('$name', (vector) => {
    const packed = new ByteReader(bytesOf(vector)).i16('ratio');
    expect(packRatio(vector.fields.ratio as number)).toBe(packed);
    expect(unpackRatio(packed)).toBeCloseTo(vector.fields.decodedBySDK as number, 12);
  });

  it.each(vectors('two-byte clip value'))('$name', (vector) => {
    const packed = new ByteReader(bytesOf(vector)).i16('clip');
    expect(packClip(vector.fields.clip as number)).toBe(packed);
  });

  it.each(vectors('six-byte fixed vec3'))('$name', (vector) => {
    const [x, y, z] = vector.fields.vec as number[];
    expect(readFixedVec3(new ByteReader(bytesOf(vector)), 14, 'vec')).toEqual({ x, y, z });
    expect(written((writer) => writeFixedVec3(writer, { x, y, z }, 14, 'vec'))).toBe(vector.hex);
  });
});

describe('numbers in two bytes', () => {
  it('come out as they went in, all of them', () => {
    const ratioMax = unpackRatio(packRatio(1_000));
    const changed: number[] = [];
    for (let packed = -32_768; packed <= 32_767; packed++) {
      const ratio = unpackRatio(packed);
      if (unpackRatio(packRatio(ratio)) !== Math.min(ratio, ratioMax)) changed.push(packed);
      // Below 10 m there are two ways to say the same distance.
      const clip = unpackClip(packed);
      const clipStep = packed > -10 && packed <= 0 ? 10 / 32_767 : 1e-12;
      if (Math.abs(unpackClip(packClip(clip)) - clip) > clipStep) changed.push(packed);
      if (packAngle(unpackAngle(packed + 32_768)) !== packed + 32_768) changed.push(packed);
    }
    expect(changed).toEqual([]);
  });

  it('have gains of half a decibel in one', () => {
    for (let packed = 0; packed <= 255; packed++) expect(packGain(unpackGain(packed))).toBe(packed);
    expect(packGain(1)).toBe(195);
    expect(packGain(10 ** (-6 / 20))).toBe(183);
    expect([packGain(0), packGain(Number.NaN), packGain(1e9)]).toEqual([0, 0, 255]);
  });
});

describe('lists of six-byte quaternions', () => {
  it('are mended where the web SDK would read NaN', () => {
    const list = Uint8Array.from(Buffer.from('bfff3fffffffc90cade5db26', 'hex'));
    expect(packedQuatAt(list, 0)).toBe(packedQuatAt(Uint8Array.from(Buffer.from('bfff3fff0000', 'hex')), 0));
    mendPackedQuats(list);
    expect(hexOf(list)).toBe('bfff3fff0000c90cade55b26');
    expect(hexOf(packedQuatList([packedQuatAt(list, 0), packedQuatAt(list, 1)]))).toBe(hexOf(list));
  });
});

describe('a qCompress block', () => {
  it('comes out as it went in', () => {
    const bytes = new Uint8Array(1_000).map((_, index) => index);
    expect(hexOf(qUncompress(qCompress(bytes), 1_000, 'block'))).toBe(hexOf(bytes));
    expect(qUncompress(qCompress(new Uint8Array()), 0, 'block')).toHaveLength(0);
  });

  it('is not believed what it says of its size', () => {
    const block = qCompress(new Uint8Array(100_000));
    expect(() => qUncompress(block, 99_999, 'block')).toThrow('100000 bytes');
    new DataView(block.buffer, block.byteOffset).setUint32(0, 50_000);
    expect(() => qUncompress(block, 99_999, 'block')).toThrow('cannot be uncompressed');
    new DataView(block.buffer, block.byteOffset).setUint32(0, 200_000);
    expect(() => qUncompress(block, 300_000, 'block')).toThrow('not as long as it says');
  });
});
