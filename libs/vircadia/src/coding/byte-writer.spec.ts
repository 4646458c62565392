import { describe, expect, it } from '@jest/globals';
import { hexOf } from '../../test/vectors.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';

const ID = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';

/** One of everything that a writer can write; the largest and the smallest where that matters. */
const VALUES: ReadonlyArray<readonly [name: string, write: (writer: ByteWriter) => void, hex: string]> = [
  ['u8', (writer) => writer.u8(255, 'f'), 'ff'],
  ['bool', (writer) => writer.bool(true, 'f'), '01'],
  ['u16', (writer) => writer.u16(0x1234, 'f'), '3412'],
  ['u16BE', (writer) => writer.u16BE(0x1234, 'f'), '1234'],
  ['i16', (writer) => writer.i16(-2, 'f'), 'feff'],
  ['u32', (writer) => writer.u32(0xfedc_ba98, 'f'), '98badcfe'],
  ['u32BE', (writer) => writer.u32BE(0xfedc_ba98, 'f'), 'fedcba98'],
  ['i32', (writer) => writer.i32(-2, 'f'), 'feffffff'],
  ['u64', (writer) => writer.u64(Number.MAX_SAFE_INTEGER, 'f'), 'ffffffffffff1f00'],
  ['u64 below zero', (writer) => writer.u64(-4_294_967_298, 'f'), 'fefffffffeffffff'],
  ['u64BE', (writer) => writer.u64BE(0x1_0000_0002, 'f'), '0000000100000002'],
  ['u64Wide', (writer) => writer.u64Wide(2n ** 64n - 2n, 'f'), 'feffffffffffffff'],
  ['f32', (writer) => writer.f32(-1.5, 'f'), '0000c0bf'],
  ['f32BE', (writer) => writer.f32BE(-1.5, 'f'), 'bfc00000'],
  ['vec3', (writer) => writer.vec3({ x: 1, y: 2, z: 3 }, 'f'), '0000803f0000004000004040'],
  ['quat16', (writer) => writer.quat16({ x: 0, y: 0, z: 0, w: 1 }, 'f'), '0000000000000000000000000000803f'],
  ['uuid', (writer) => writer.uuid(ID, 'f'), ID.replaceAll('-', '')],
  ['bytes', (writer) => writer.bytes(Uint8Array.of(1, 2), 'f'), '0102'],
  ['zeros', (writer) => writer.zeros(3, 'f'), '000000'],
  ['text', (writer) => writer.text('é🙂', 'f'), 'c3a9f09f9982'],
  ['str16', (writer) => writer.str16('é', 'f'), '0200c3a9'],
  ['str32', (writer) => writer.str32('é', 'f'), '02000000c3a9'],
];

describe('a byte writer', () => {
  it.each(VALUES)('writes %s', (_, write, hex) => {
    const bytes = new Uint8Array(40).fill(0xaa);
    const writer = ByteWriter.into(bytes, 2);
    write(writer);
    expect(hexOf(writer.written(2))).toBe(hex);
    expect(hexOf(bytes)).toBe(`aaaa${hex}`.padEnd(80, 'aa'));
  });

  it.each(VALUES)('writes %s where its memory has to grow', (_, write, hex) => {
    for (let before = 240; before <= 260; before++) {
      const writer = ByteWriter.growing(1_000);
      writer.zeros(before, 'f');
      write(writer);
      expect(hexOf(writer.written(before))).toBe(hex);
    }
  });

  it.each(VALUES)('refuses %s where there is no room, and names the field', (_, write, hex) => {
    const room = hex.length / 2 - 1;
    expect(() => write(ByteWriter.into(new Uint8Array(room)))).toThrow(
      expect.objectContaining({ code: 'vircadia-packet-too-large', field: 'f' }),
    );
    expect(() => write(ByteWriter.growing(room))).toThrow(`More than ${room} bytes`);
  });

  it('refuses what only a UUID may be', () => {
    expect(() => ByteWriter.growing(100).uuid('nobody', 'f')).toThrow('no UUID');
  });
});

describe('a byte reader', () => {
  it('refuses what is not there, and names the field', () => {
    const reader = new ByteReader(new Uint8Array(3));
    expect(() => reader.u32('length')).toThrow(
      expect.objectContaining({ code: 'vircadia-packet-malformed', field: 'length' }),
    );
    expect(reader.u16('rest')).toBe(0);
    expect(() => reader.finish('rest')).toThrow('1 bytes are left over');
    // A length that is larger than all memory.
    expect(() => new ByteReader(Uint8Array.of(255, 255, 255, 255)).str32('name')).toThrow('4294967295 bytes');
  });

  it('refuses numbers that mean nothing', () => {
    const all = new Uint8Array(8).fill(0xff);
    expect(() => new ByteReader(all).u64('time')).toThrow('larger than anything');
    expect(() => new ByteReader(all).u64BE('time')).toThrow('larger than anything');
    expect(() => new ByteReader(all).f32('x')).toThrow('not finite');
    expect(new ByteReader(all).f32OrNull('x')).toBeNull();
    expect(new ByteReader(all).i64('id')).toBe(-1);
    expect(new ByteReader(all).u64Wide('gap')).toBe(2n ** 64n - 1n);
    expect(() => new ByteReader(Uint8Array.from(Buffer.from('0000807f', 'hex'))).f32OrNull('x')).toThrow('not finite');
  });

  it('reads within its bounds, in others’ memory', () => {
    const memory = Uint8Array.of(9, 9, 1, 2, 3, 4, 9);
    const reader = new ByteReader(memory, 2, 6);
    expect(reader.u16('a')).toBe(0x0201);
    expect([...reader.rest()]).toEqual([3, 4]);
    expect(() => reader.u8('b')).toThrow();
    expect(reader.reset(memory.subarray(2), 1).u32('c')).toBe(0x0904_0302);
    expect(reader.reset(memory, 0, 1).u8('d')).toBe(9);
  });

  it('makes well-formed texts of whatever bytes', () => {
    expect(new ByteReader(Uint8Array.of(2, 0, 0xc3, 0x28)).str16('name')).toBe('\ufffd(');
  });
});
