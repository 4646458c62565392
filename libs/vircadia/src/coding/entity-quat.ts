import type { Quat } from '@app/world';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

const STEPS = 65_535;

/** An eight-byte quaternion, as entities have it (specification 0.2). Not normalised. */
export function readEntityQuat(reader: ByteReader, field: string): Quat {
  const part = (): number => (reader.u16(field) / STEPS) * 2 - 1;
  return { x: part(), y: part(), z: part(), w: part() };
}

export function writeEntityQuat(writer: ByteWriter, { x, y, z, w }: Quat, field: string): void {
  for (const part of [x, y, z, w]) {
    writer.u16(Math.min(STEPS, Math.max(0, Math.round(((part + 1) / 2) * STEPS))), field);
  }
}
