import type { ByteReader } from './byte-reader.js';
import { countedBit, readCounted, writeCounted } from './byte-count-coded.js';
import type { ByteWriter } from './byte-writer.js';

/** The largest flag of any entity is 126; more bytes than this are no flags. */
const FLAG_BYTES_MAX = 32;

/** Which properties an entity record has (specification 0.2). */
export function readPropertyFlags(reader: ByteReader, field: string): ReadonlySet<number> {
  const bytes = readCounted(reader, FLAG_BYTES_MAX, field);
  const flags = new Set<number>();
  for (let i = bytes.length; i < bytes.length * 8; i++) if (countedBit(bytes, i)) flags.add(i - bytes.length);
  return flags;
}

export function writePropertyFlags(writer: ByteWriter, flags: Iterable<number>, field: string): void {
  const list = [...flags];
  const bytes = writeCounted(writer, Math.max(-1, ...list) + 1, field);
  for (const flag of list) {
    const at = bytes.length + flag;
    bytes[at >> 3] |= 0x80 >> (at & 7);
  }
}
