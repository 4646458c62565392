import type { Quat, Vec3 } from '@app/world';
import { tooLarge } from '../vircadia.errors.js';
import { putUuid, UUID_BYTES } from './uuid.js';

const HIGH_WORD = 0x1_0000_0000;
const FIRST_BYTES = 256;

/**
 * Writes values one after the other: into bytes that the caller lends, or into memory of its own that grows up to a
 * bound. What does not fit fails with `vircadia-packet-too-large`, which names the field. Numbers are little-endian
 * unless a name says otherwise (specification 0.1).
 */
export class ByteWriter {
  /** Where the next value goes. */
  offset: number;
  private view: DataView;

  private constructor(
    private memory: Uint8Array,
    start: number,
    private bytesMax: number,
  ) {
    this.offset = start;
    this.view = viewOf(memory);
  }

  /** Writes into the caller's bytes, from `start` on. */
  static into(bytes: Uint8Array, start = 0): ByteWriter {
    return new ByteWriter(bytes, start, bytes.length);
  }

  /** Writes into memory of its own. */
  static growing(bytesMax: number): ByteWriter {
    return new ByteWriter(new Uint8Array(Math.min(FIRST_BYTES, bytesMax)), 0, bytesMax);
  }

  /** Writes into these bytes of the caller from now on. */
  reset(bytes: Uint8Array, start = 0): this {
    if (bytes !== this.memory) {
      this.memory = bytes;
      this.bytesMax = bytes.length;
      this.view = viewOf(bytes);
    }
    this.offset = start;
    return this;
  }

  /** A view of what has been written, from `start` on. */
  written(start = 0): Uint8Array {
    return this.memory.subarray(start, this.offset);
  }

  u8(value: number, field: string): void {
    // First the place: making room may change the memory.
    const at = this.claim(1, field);
    this.memory[at] = value;
  }

  bool(value: boolean, field: string): void {
    this.u8(value ? 1 : 0, field);
  }

  u16(value: number, field: string): void {
    const at = this.claim(2, field);
    this.view.setUint16(at, value, true);
  }

  u16BE(value: number, field: string): void {
    const at = this.claim(2, field);
    this.view.setUint16(at, value);
  }

  i16(value: number, field: string): void {
    this.u16(value, field);
  }

  u32(value: number, field: string): void {
    const at = this.claim(4, field);
    this.view.setUint32(at, value, true);
  }

  u32BE(value: number, field: string): void {
    const at = this.claim(4, field);
    this.view.setUint32(at, value);
  }

  i32(value: number, field: string): void {
    this.u32(value, field);
  }

  /** @param value  a whole number within ±(2^53 - 1); also for signed fields */
  u64(value: number, field: string): void {
    const at = this.claim(8, field);
    this.view.setUint32(at, value % HIGH_WORD, true);
    this.view.setUint32(at + 4, Math.floor(value / HIGH_WORD), true);
  }

  u64BE(value: number, field: string): void {
    const at = this.claim(8, field);
    this.view.setUint32(at, Math.floor(value / HIGH_WORD));
    this.view.setUint32(at + 4, value % HIGH_WORD);
  }

  u64Wide(value: bigint, field: string): void {
    const at = this.claim(8, field);
    this.view.setBigUint64(at, value, true);
  }

  f32(value: number, field: string): void {
    const at = this.claim(4, field);
    this.view.setFloat32(at, value, true);
  }

  f32BE(value: number, field: string): void {
    const at = this.claim(4, field);
    this.view.setFloat32(at, value);
  }

  f32OrNull(value: number | null, field: string): void {
    this.f32(value ?? Number.NaN, field);
  }

  vec3({ x, y, z }: Vec3, field: string): void {
    const at = this.claim(12, field);
    this.view.setFloat32(at, x, true);
    this.view.setFloat32(at + 4, y, true);
    this.view.setFloat32(at + 8, z, true);
  }

  quat16({ x, y, z, w }: Quat, field: string): void {
    const at = this.claim(16, field);
    this.view.setFloat32(at, x, true);
    this.view.setFloat32(at + 4, y, true);
    this.view.setFloat32(at + 8, z, true);
    this.view.setFloat32(at + 12, w, true);
  }

  uuid(value: string, field: string): void {
    const at = this.claim(UUID_BYTES, field);
    putUuid(this.memory, at, value);
  }

  bytes(value: Uint8Array, field: string): void {
    const at = this.claim(value.length, field);
    this.memory.set(value, at);
  }

  zeros(length: number, field: string): void {
    const at = this.claim(length, field);
    this.memory.fill(0, at, at + length);
  }

  /** UTF-8 without a length. */
  text(value: string, field: string): void {
    const length = Buffer.byteLength(value);
    const at = this.claim(length, field);
    bufferOf(this.memory).write(value, at, length, 'utf8');
  }

  /** UTF-8 after a u32 length (`str32`). */
  str32(value: string, field: string): void {
    this.u32(Buffer.byteLength(value), field);
    this.text(value, field);
  }

  /** UTF-8 after a u16 length (`str16`). */
  str16(value: string, field: string): void {
    this.u16(sizeIn16Bits(Buffer.byteLength(value), field), field);
    this.text(value, field);
  }

  /** Steps over bytes, to be filled in later, and says where they begin. */
  claim(length: number, field: string): number {
    const at = this.offset;
    if (at + length > this.memory.length) this.grow(at + length, field);
    this.offset = at + length;
    return at;
  }

  private grow(bytes: number, field: string): void {
    if (bytes > this.bytesMax) throw tooLarge(field, `More than ${this.bytesMax} bytes would be needed.`);
    const larger = new Uint8Array(Math.min(this.bytesMax, Math.max(bytes, 2 * this.memory.length)));
    larger.set(this.memory);
    this.memory = larger;
    this.view = viewOf(larger);
  }
}

/** A count or size that travels in a u16. */
export function sizeIn16Bits(size: number, field: string): number {
  if (size > 0xffff) throw tooLarge(field, `${size} is more than 65535.`);
  return size;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
