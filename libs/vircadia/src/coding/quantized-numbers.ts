import type { Vec3 } from '@app/world';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

// Numbers in one or two bytes (specification 0.2). The senders round down; what has been read is therefore a hair above
// or below the step it came from, and without this hair writing it again would give the step below.
const HAIR = 1e-6;

const RATIO_MIDDLE = 10;
const RATIO_MAX = 1_000;

/** A ratio of 0 to 1000, fine below 10 (`two-byte ratio`). */
export function packRatio(ratio: number): number {
  if (ratio < RATIO_MIDDLE) return floor16((ratio * 32_767) / RATIO_MIDDLE);
  return floor16((Math.min(ratio, RATIO_MAX) - RATIO_MIDDLE) * (-32_768 / RATIO_MAX));
}

export function unpackRatio(packed: number): number {
  if (packed > 0) return (packed / 32_767) * RATIO_MIDDLE;
  return (-packed / 32_768) * RATIO_MAX + RATIO_MIDDLE;
}

/** An angle in degrees, -180 to 180. The web SDK puts half an angle in radians into it: see `conical-view.ts`. */
export function packAngle(degrees: number): number {
  const steps = Math.floor(((degrees + 180) * 65_535) / 360 + HAIR);
  return Math.min(65_535, Math.max(0, steps));
}

export function unpackAngle(packed: number): number {
  return (packed / 65_535) * 360 - 180;
}

/** A distance of 0 to 32768 m, fine below 10 m (`two-byte clip value`). */
export function packClip(distance: number): number {
  if (distance < 10) return floor16((distance * 32_767) / 10);
  return Math.max(-32_768, -Math.floor(distance + HAIR));
}

export function unpackClip(packed: number): number {
  return packed > 0 ? (packed / 32_767) * 10 : Math.abs(packed);
}

const DECIBEL_STEPS = 2 * 6.020_599_91;
const UNITY = 195;

/** A linear gain in half decibels: 195 is 1, 0 is silence. */
export function packGain(gain: number): number {
  if (!(gain > 0)) return 0;
  return Math.min(255, Math.max(0, Math.round(Math.log2(gain) * DECIBEL_STEPS + UNITY)));
}

export function unpackGain(packed: number): number {
  return packed === 0 ? 0 : 2 ** ((packed - UNITY) / DECIBEL_STEPS);
}

/** One component of a `two-byte fixed vec3`, with that many bits behind the point. */
export function packFixed(value: number, radix: number): number {
  return floor16(value * 2 ** radix);
}

export function readFixedVec3(reader: ByteReader, radix: number, field: string): Vec3 {
  const scale = 2 ** -radix;
  return { x: reader.i16(field) * scale, y: reader.i16(field) * scale, z: reader.i16(field) * scale };
}

export function writeFixedVec3(writer: ByteWriter, { x, y, z }: Vec3, radix: number, field: string): void {
  writer.i16(packFixed(x, radix), field);
  writer.i16(packFixed(y, radix), field);
  writer.i16(packFixed(z, radix), field);
}

function floor16(value: number): number {
  return Math.min(32_767, Math.max(-32_768, Math.floor(value + HAIR)));
}
