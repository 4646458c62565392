import { malformed } from '../vircadia.errors.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

// Values as Qt's QDataStream writes them, big-endian (specification 0.1).

const NULL_LENGTH = 0xffff_ffff;
const utf16 = new TextDecoder('utf-16be', { ignoreBOM: true });

/** A `qstring`; null is another thing than empty. Always well-formed. */
export function readQString(reader: ByteReader, field: string): string | null {
  const length = reader.u32BE(field);
  if (length === NULL_LENGTH) return null;
  if (length % 2 === 1) throw malformed(field, 'Half a character is left over.');
  return utf16.decode(reader.bytesOf(length, field));
}

export function writeQString(writer: ByteWriter, value: string | null, field: string): void {
  if (value === null) return writer.u32BE(NULL_LENGTH, field);
  writer.u32BE(value.length * 2, field);
  for (let i = 0; i < value.length; i++) writer.u16BE(value.charCodeAt(i), field);
}

/** A `qbytes`: a view. */
export function readQBytes(reader: ByteReader, field: string): Uint8Array | null {
  const length = reader.u32BE(field);
  return length === NULL_LENGTH ? null : reader.bytesOf(length, field);
}

export function writeQBytes(writer: ByteWriter, value: Uint8Array | null, field: string): void {
  if (value === null) return writer.u32BE(NULL_LENGTH, field);
  writer.u32BE(value.length, field);
  writer.bytes(value, field);
}
