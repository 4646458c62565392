import { deflateSync, inflateSync, type ZlibOptions } from 'node:zlib';
import { malformed } from '../vircadia.errors.js';

const LENGTH_BYTES = 4;

/** A `qCompress` block: its length when uncompressed, then zlib (specification 0.2). */
export function qCompress(bytes: Uint8Array, options: ZlibOptions = {}): Uint8Array {
  const zlib = deflateSync(bytes, options);
  const block = Buffer.allocUnsafe(LENGTH_BYTES + zlib.length);
  block.writeUInt32BE(bytes.length);
  block.set(zlib, LENGTH_BYTES);
  return block;
}

/**
 * What is in a block. Fails with `vircadia-packet-malformed` when that is more than `bytesMax`, whatever the block says
 * of itself: memory is taken for what it says at most, and only within the bound.
 */
export function qUncompress(block: Uint8Array, bytesMax: number, field: string): Uint8Array {
  if (block.length < LENGTH_BYTES) throw malformed(field, 'A compressed block has no length.');
  const length = new DataView(block.buffer, block.byteOffset).getUint32(0);
  if (length > bytesMax) throw malformed(field, `A compressed block would have ${length} bytes.`);
  if (length === 0) return new Uint8Array(0);
  let bytes: Uint8Array;
  try {
    bytes = inflateSync(block.subarray(LENGTH_BYTES), { maxOutputLength: length });
  } catch (cause) {
    throw malformed(field, 'A compressed block cannot be uncompressed.', { cause });
  }
  if (bytes.length !== length) throw malformed(field, 'A compressed block is not as long as it says.');
  return bytes;
}
