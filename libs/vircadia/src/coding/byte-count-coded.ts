import { malformed } from '../vircadia.errors.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

// Codings of specification 0.2 whose first bits, most significant first, count the bytes: n - 1 ones, then a zero.

const BITS_PER_BYTE_USED = 7;
/** More than this many bytes are no number that is exact. */
const NUMBER_BYTES_MAX = 7;

/** Takes the bytes of one coded value. */
export function readCounted(reader: ByteReader, bytesMax: number, field: string): Uint8Array {
  const { bytes, offset, end } = reader;
  let ones = 0;
  while (ones < bytesMax && offset + (ones >> 3) < end && (bytes[offset + (ones >> 3)] & (0x80 >> (ones & 7))) !== 0) {
    ones++;
  }
  if (ones >= bytesMax) throw malformed(field, `It has more than ${bytesMax} bytes.`);
  return reader.bytesOf(ones + 1, field);
}

/** Bit `index` of coded bytes, most significant first. */
export function countedBit(bytes: Uint8Array, index: number): boolean {
  return (bytes[index >> 3] & (0x80 >> (index & 7))) !== 0;
}

/** Makes room for a value of that many bits, with the first bits set. */
export function writeCounted(writer: ByteWriter, bitCount: number, field: string): Uint8Array {
  const length = Math.max(1, Math.ceil(bitCount / BITS_PER_BYTE_USED));
  const start = writer.offset;
  writer.zeros(length, field);
  const bytes = writer.written(start);
  for (let i = 0; i < length - 1; i++) bytes[i >> 3] |= 0x80 >> (i & 7);
  return bytes;
}

/** A whole number from 0 to 2^42 and a bit more, its bits least significant first. */
export function readByteCountCoded(reader: ByteReader, field: string): number {
  const bytes = readCounted(reader, NUMBER_BYTES_MAX, field);
  let value = 0;
  for (let i = bytes.length, weight = 1; i < bytes.length * 8; i++, weight *= 2) {
    if (countedBit(bytes, i)) value += weight;
  }
  return value;
}

export function writeByteCountCoded(writer: ByteWriter, value: number, field: string): void {
  const bits = Math.max(0, value).toString(2);
  const bytes = writeCounted(writer, value > 0 ? bits.length : 0, field);
  for (let i = 0; i < bits.length; i++) {
    const at = bytes.length + i;
    if (bits[bits.length - 1 - i] === '1') bytes[at >> 3] |= 0x80 >> (at & 7);
  }
}
