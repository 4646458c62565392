import type { ByteReader } from '../coding/byte-reader.js';

/** The place of the root of the tree. */
export const ROOT_OCTAL_CODE: Uint8Array = Uint8Array.of(0);

/** A place in the tree: a count of steps, then three bits for each (specification H.2). A view. */
export function readOctalCode(reader: ByteReader): Uint8Array {
  const steps = reader.offset < reader.end ? reader.bytes[reader.offset] : 0;
  return reader.bytesOf(1 + Math.ceil((3 * steps) / 8), 'octal code');
}
