import type { BitReader } from './bit-reader.js';
import { readFlacSubframe } from './flac-subframe.js';
import { SoundProblem } from './sound-problem.js';

/** What a whole FLAC file has in common. */
export interface FlacFormat {
  readonly rateHz: number;
  /** 1 to 8. */
  readonly channels: number;
  /** Bits of a sample, 4 to 24. */
  readonly bits: number;
}

/** 14 ones but one, a reserved zero. */
const SYNC = 0x7ffc;
/** Bits of samples by their code; 0 for those of the file. */
const BITS: Readonly<Record<number, number>> = { 1: 8, 2: 12, 4: 16, 5: 20, 6: 24 };
/** Two channels may be told as one and how the other differs. */
const LEFT_SIDE = 8;
const SIDE_RIGHT = 9;
const MID_SIDE = 10;

/**
 * Reads one frame.
 *
 * @param channels  filled; made larger if need be
 * @returns samples of each channel
 */
export function readFlacFrame(
  reader: BitReader,
  bytes: Uint8Array,
  format: FlacFormat,
  channels: Int32Array[],
): number {
  const begin = reader.at;
  if (reader.unsigned(15) !== SYNC) throw broken('A frame does not begin where it should.');
  // Whether frames are counted, or samples.
  reader.skip(1);
  const sizeCode = reader.unsigned(4);
  const rateCode = reader.unsigned(4);
  const assignment = reader.unsigned(4);
  const bitsCode = reader.unsigned(3);
  reader.skip(1);
  skipNumber(reader);
  const length = blockLength(reader, sizeCode);
  if (rateCode >= 12) reader.skip(rateCode === 12 ? 8 : 16);
  // The header's own checksum; the frame's covers it.
  reader.skip(8);
  const bits = bitsCode === 0 ? format.bits : BITS[bitsCode];
  const count = assignment < LEFT_SIDE ? assignment + 1 : 2;
  if (bits !== format.bits || count !== format.channels || assignment > MID_SIDE) throw broken('A frame is another.');
  for (let index = 0; index < count; index++) {
    if (channels[index].length < length) channels[index] = new Int32Array(length);
    const isSide = assignment === SIDE_RIGHT ? index === 0 : assignment >= LEFT_SIDE && index === 1;
    readFlacSubframe(reader, channels[index], length, bits + Number(isSide));
  }
  reader.align();
  reader.skip(16);
  if (checksumOf(bytes, begin, reader.at) !== 0) throw broken('A frame is damaged.');
  join(assignment, channels, length);
  return length;
}

/** A number like those of UTF-8, of up to 36 bits. */
function skipNumber(reader: BitReader): void {
  const first = reader.unsigned(8);
  const bytes = first < 0x80 ? 0 : Math.clz32(~(first << 24)) - 1;
  if (bytes < 0 || (first >= 0x80 && bytes === 0) || bytes > 6) throw broken('A frame has no number.');
  reader.skip(8 * bytes);
}

function blockLength(reader: BitReader, code: number): number {
  if (code === 0) throw broken('A frame has no length.');
  if (code === 1) return 192;
  if (code <= 5) return 576 << (code - 2);
  if (code === 6) return reader.unsigned(8) + 1;
  if (code === 7) return reader.unsigned(16) + 1;
  return 256 << (code - 8);
}

function join(assignment: number, [a, b]: readonly Int32Array[], length: number): void {
  if (assignment < LEFT_SIDE) return;
  for (let index = 0; index < length; index++) {
    const [first, second] = [a[index], b[index]];
    if (assignment === LEFT_SIDE) b[index] = first - second;
    else if (assignment === SIDE_RIGHT) a[index] = first + second;
    else {
      const sum = 2 * first + (second & 1);
      a[index] = (sum + second) >> 1;
      b[index] = (sum - second) >> 1;
    }
  }
}

const CHECKSUMS = Uint16Array.from({ length: 256 }, (_, byte) => {
  let rest = byte << 8;
  for (let bit = 0; bit < 8; bit++) rest = rest & 0x8000 ? (rest << 1) ^ 0x8005 : rest << 1;
  return rest;
});

/** 0 when the last two bytes are what they should be. */
function checksumOf(bytes: Uint8Array, from: number, to: number): number {
  let rest = 0;
  for (let at = from; at < to; at++) rest = ((rest << 8) & 0xffff) ^ CHECKSUMS[(rest >> 8) ^ bytes[at]];
  return rest;
}

function broken(text: string): SoundProblem {
  return new SoundProblem('sound-broken', text);
}
