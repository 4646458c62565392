import type { Quat, Vec3 } from '@app/world';
import { malformed } from '../vircadia.errors.js';
import { UUID_BYTES, uuidText } from './uuid.js';

const HIGH_WORD = 0x1_0000_0000;

/**
 * Reads values one after the other from bytes that came from outside. Numbers are little-endian unless a name says
 * otherwise (specification 0.1).
 *
 * Every method takes the name of the field, fails with `vircadia-packet-malformed` when the bytes end before the value
 * does or the value is none, and copies nothing but texts. One reader can serve all packets of a socket: see `reset`.
 */
export class ByteReader {
  bytes: Uint8Array;
  /** Where the next value begins. */
  offset: number;
  /** Where the bytes end. */
  end: number;
  private view: DataView;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.offset = start;
    this.end = Math.min(end, bytes.length);
  }

  /** Reads other bytes from now on. */
  reset(bytes: Uint8Array, start = 0, end = bytes.length): this {
    // Most packets of a socket lie in the same memory, and views of it are dear.
    if (bytes !== this.bytes) this.view = viewOf(bytes);
    this.bytes = bytes;
    this.offset = start;
    this.end = Math.min(end, bytes.length);
    return this;
  }

  get remainingBytes(): number {
    return this.end - this.offset;
  }

  u8(field: string): number {
    return this.bytes[this.take(1, field)];
  }

  i8(field: string): number {
    return this.view.getInt8(this.take(1, field));
  }

  /** Any byte but 0 is true. */
  bool(field: string): boolean {
    return this.u8(field) !== 0;
  }

  u16(field: string): number {
    return this.view.getUint16(this.take(2, field), true);
  }

  u16BE(field: string): number {
    return this.view.getUint16(this.take(2, field));
  }

  i16(field: string): number {
    return this.view.getInt16(this.take(2, field), true);
  }

  u32(field: string): number {
    return this.view.getUint32(this.take(4, field), true);
  }

  u32BE(field: string): number {
    return this.view.getUint32(this.take(4, field));
  }

  i32(field: string): number {
    return this.view.getInt32(this.take(4, field), true);
  }

  /** A number that is exact: refuses what is beyond 2^53 - 1, which is no time and no size of anything. */
  u64(field: string): number {
    const at = this.take(8, field);
    return exact(this.view.getUint32(at, true), this.view.getUint32(at + 4, true), field);
  }

  u64BE(field: string): number {
    const at = this.take(8, field);
    return exact(this.view.getUint32(at + 4), this.view.getUint32(at), field);
  }

  /** Every number of 64 bits, for fields in which native clients write the largest one as "none". */
  u64Wide(field: string): bigint {
    return this.view.getBigUint64(this.take(8, field), true);
  }

  /** Within ±(2^53 - 1). */
  i64(field: string): number {
    const value = Number(this.view.getBigInt64(this.take(8, field), true));
    if (!Number.isSafeInteger(value)) throw malformed(field, 'A number is larger than anything it could mean.');
    return value;
  }

  /** Finite: NaN and infinities would travel on into everything that is computed with them. */
  f32(field: string): number {
    const value = this.view.getFloat32(this.take(4, field), true);
    if (!Number.isFinite(value)) throw malformed(field, 'A number is not finite.');
    return value;
  }

  f32BE(field: string): number {
    const value = this.view.getFloat32(this.take(4, field));
    if (!Number.isFinite(value)) throw malformed(field, 'A number is not finite.');
    return value;
  }

  /** Not a number at all is null: how native clients say "as the other one". */
  f32OrNull(field: string): number | null {
    const value = this.view.getFloat32(this.take(4, field), true);
    if (Number.isNaN(value)) return null;
    if (!Number.isFinite(value)) throw malformed(field, 'A number is not finite.');
    return value;
  }

  vec3(field: string): Vec3 {
    return { x: this.f32(field), y: this.f32(field), z: this.f32(field) };
  }

  /** x, y, z, w as f32; not normalised. */
  quat16(field: string): Quat {
    return { x: this.f32(field), y: this.f32(field), z: this.f32(field), w: this.f32(field) };
  }

  uuid(field: string): string {
    return uuidText(this.bytes, this.take(UUID_BYTES, field));
  }

  /** A view of the next bytes; it lives as long as they do. */
  bytesOf(length: number, field: string): Uint8Array {
    const at = this.take(length, field);
    return this.bytes.subarray(at, at + length);
  }

  /** A view of everything that is left. */
  rest(): Uint8Array {
    return this.bytesOf(this.remainingBytes, 'rest');
  }

  skip(length: number, field: string): void {
    this.take(length, field);
  }

  /** UTF-8 after a u32 length (`str32`). */
  str32(field: string): string {
    return this.text(this.u32(field), field);
  }

  /** UTF-8 after a u16 length (`str16`). */
  str16(field: string): string {
    return this.text(this.u16(field), field);
  }

  /** UTF-8 of that many bytes, always well-formed: broken parts become U+FFFD, as they do for native clients. */
  text(length: number, field: string): string {
    const at = this.take(length, field);
    return length === 0 ? '' : asBuffer(this.bytes).toString('utf8', at, at + length);
  }

  /** Fails unless everything has been read. */
  finish(field: string): void {
    if (this.offset !== this.end) throw malformed(field, `${this.remainingBytes} bytes are left over.`);
  }

  /** Steps over bytes, and says where they begin. */
  private take(length: number, field: string): number {
    const at = this.offset;
    if (length > this.end - at) throw malformed(field, `${length} bytes are needed, ${this.end - at} are left.`);
    this.offset = at + length;
    return at;
  }
}

function exact(low: number, high: number, field: string): number {
  if (high > 0x1f_ffff) throw malformed(field, 'A number is larger than anything it could mean.');
  return high * HIGH_WORD + low;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The same memory as Node's kind of bytes, which can be made into text from the middle. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
