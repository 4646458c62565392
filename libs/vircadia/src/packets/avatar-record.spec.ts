import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hexOf } from '../../test/vectors.js';
import { ByteReader } from '../coding/byte-reader.js';
import { ByteWriter } from '../coding/byte-writer.js';
import { PACKED_IDENTITY, type PackedQuat, packQuat, unpackQuat } from '../coding/packed-quat.js';
import { BulkAvatarData, splitBulkAvatarData } from './avatar-data.js';
import { jointRotations, jointTranslations, packJoints } from './avatar-joints.js';
import { AvatarRecord } from './avatar-record.js';
import { skipAvatarRecord } from './avatar-sections.js';

const ID = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
const turned = packQuat({ x: 0, y: Math.SQRT1_2, z: 0, w: Math.SQRT1_2 });
const spot = { x: 1, y: -2, z: 0.5 };
const grab = { position: spot, rotation: { x: 0.25, y: 0.5, z: 0.75, w: 1 } };
const hand = { orientation: turned, position: spot };

/** Every section, and what it takes on the wire beside its two bytes of flags. */
const SECTIONS: ReadonlyArray<readonly [name: keyof AvatarRecord, bytes: number, value: unknown]> = [
  ['globalPosition', 12, spot],
  ['boundingBox', 24, { dimensions: spot, offset: spot }],
  ['orientation', 6, turned],
  ['scale', 2, 10],
  ['lookAt', 12, spot],
  ['audioLoudness', 1, 1024],
  ['sensorToWorld', 20, { orientation: turned, scale: 1.5, translation: spot }],
  ['additionalFlags', 2, 0x1234],
  ['parent', 18, { id: ID, jointIndex: 65_535 }],
  ['localPosition', 12, spot],
  ['hands', 24, { left: hand, right: hand }],
  ['face', 17 + 8, { leftBlink: 0, rightBlink: 0.5, averageLoudness: 1, browLift: 0, blendshapes: [0.25, 1] }],
  ['joints', 1 + 1 + 12 + 1 + 4 + 6, packJoints([turned, undefined, PACKED_IDENTITY], [undefined, spot, undefined])],
  ['jointDefaults', 3, { count: 3, rotations: Uint8Array.of(5), translations: Uint8Array.of(1) }],
];

function written(record: AvatarRecord): Uint8Array {
  const writer = ByteWriter.growing(5_000);
  AvatarRecord.write(writer, record);
  return writer.written();
}

function read(bytes: Uint8Array): AvatarRecord {
  const reader = new ByteReader(bytes);
  const record = AvatarRecord.read(reader);
  expect(reader.remainingBytes).toBe(0);
  const skipping = new ByteReader(bytes);
  skipAvatarRecord(skipping);
  expect(skipping.remainingBytes).toBe(0);
  return record;
}

describe('an avatar record', () => {
  it.each(SECTIONS)('with %s alone has %i bytes', (name, bytes, value) => {
    const record = { [name]: value };
    expect(written(record)).toHaveLength(2 + bytes);
    expect(read(written(record))).toEqual(record);
  });

  it('comes out as it went in, whatever sections it has', () => {
    fc.assert(
      fc.property(fc.subarray([...SECTIONS]), fc.boolean(), (sections, isGrabbing) => {
        const record = Object.fromEntries(sections.map(([name, , value]) => [name, value])) as AvatarRecord;
        const grabJoints = isGrabbing && record.joints ? { left: grab, right: grab, mouse: grab } : undefined;
        const whole = { ...record, grabJoints };
        expect(read(written(whole))).toEqual(whole);
      }),
    );
  });

  it('has grab joints between joints and their defaults, w first', () => {
    const joints = packJoints([], []);
    const jointDefaults = { count: 0, rotations: new Uint8Array(), translations: new Uint8Array() };
    const bytes = written({ joints, jointDefaults, grabJoints: { left: grab, right: grab, mouse: grab } });
    // As a web client without a skeleton sends both, with what it holds between.
    expect(hexOf(bytes.subarray(0, 7))).toBe('0070006f12833a');
    expect(hexOf(bytes.subarray(19, 23))).toBe('0000803f');
    expect(bytes).toHaveLength(2 + 5 + 84 + 1);
    expect(bytes[91]).toBe(0);
  });

  it('never passes on what web clients read as NaN', () => {
    const record = read(Uint8Array.from(Buffer.from('0410bfff3fffffff0101bfff3fffffff000000803f', 'hex')));
    expect(Object.values(unpackQuat(record.orientation!)).every(Number.isFinite)).toBe(true);
    expect(hexOf(written(record))).toBe('0410bfff3fff00000101bfff3fff0000000000803f');
  });

  it('is refused with numbers that are not finite', () => {
    const bytes = written({ globalPosition: { x: Number.NaN, y: 0, z: 0 } });
    expect(() => AvatarRecord.read(new ByteReader(bytes))).toThrow('global position');
  });
});

describe('joints', () => {
  it('are told by index, where they have changed', () => {
    const rotations: Array<PackedQuat | undefined> = [undefined, turned, undefined, PACKED_IDENTITY];
    const joints = packJoints(rotations, [spot, undefined, undefined, undefined]);
    expect([...jointRotations(joints)]).toEqual([
      [1, turned],
      [3, PACKED_IDENTITY],
    ]);
    const [[joint, translation]] = [...jointTranslations(joints)];
    expect(joint).toBe(0);
    expect(translation.x).toBeCloseTo(1, 3);
    expect(translation.y).toBeCloseTo(-2, 3);
    expect(translation.z).toBeCloseTo(0.5, 3);
  });
});

describe('many avatars in one packet', () => {
  it('are divided without being read', () => {
    const avatars = SECTIONS.map(([name, , value]) => ({ id: ID, record: { [name]: value } as AvatarRecord }));
    const writer = ByteWriter.growing(5_000);
    BulkAvatarData.write(writer, avatars);
    const views = splitBulkAvatarData(writer.written());
    expect(views.map(({ record }) => AvatarRecord.read(new ByteReader(record)))).toEqual(
      avatars.map(({ record }) => record),
    );
    expect(BulkAvatarData.read(new ByteReader(writer.written()))).toEqual(avatars);
  });
});
