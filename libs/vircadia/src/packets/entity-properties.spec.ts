import { describe, expect, it } from '@jest/globals';
import { ENTITY_TYPES, propertyOf } from '@app/world';
import { ByteReader } from '../coding/byte-reader.js';
import { ByteWriter } from '../coding/byte-writer.js';
import { EntityData, type EntityRecord } from './entity-data.js';
import { EntityEdits } from './entity-edits.js';
import { readProperties, type WireProperties, wireLayoutOf, writeProperties } from './entity-properties.js';
import { COMMON_WIRE_PROPERTIES, WIRE_ENTITY_TYPES } from './entity-property-table.js';
import type { WireKind, WireValue } from './entity-value-codecs.js';
import { ROOT_OCTAL_CODE } from './octal-code.js';

const ID = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';

/** A value of each kind that is exact on the wire. */
const SAMPLES: Readonly<Record<WireKind, WireValue>> = {
  bool: true,
  u8: 200,
  u16: 40_000,
  u32: 4_000_000_000,
  u64: 1_700_000_000_123_456,
  f32: -1.5,
  f32OrNull: null,
  vec2: { x: 1, y: -2 },
  vec3: { x: 1, y: -2, z: 0.5 },
  vec3OrNull: null,
  quat: { x: -1, y: -1, z: 1, w: 1 },
  colour: { red: 1, green: 2, blue: 255 },
  rect: { x: 1, y: 2, width: 3, height: 4 },
  cube: { corner: { x: 1, y: 2, z: 3 }, size: 4 },
  string: 'Zoë',
  bytes: Uint8Array.of(1, 2, 3),
  simulationOwner: { id: ID, priority: 128 },
  uuid: ID,
  uuids: [ID, ID],
  bools: [true, false, true, true, false, false, false, false, true],
  quats: [{ x: -1, y: 1, z: 1, w: 1 }],
  vec3s: [{ x: 1, y: 2, z: 3 }],
  f32s: [0.5, 0.25],
};

function through(type: string, properties: WireProperties): { bytes: Uint8Array; found: WireProperties } {
  const writer = ByteWriter.growing(100_000);
  writeProperties(writer, type, properties);
  const reader = new ByteReader(writer.written());
  const found = readProperties(reader, type);
  expect(reader.remainingBytes).toBe(0);
  return { bytes: writer.written(), found };
}

const types = WIRE_ENTITY_TYPES.map(([type]) => type);

describe('entities on the wire', () => {
  it.each(types)('%s: all properties at once, and each by itself', (type) => {
    const layout = wireLayoutOf(type)!;
    const all = new Map(layout.map(([, name, kind]) => [name, SAMPLES[kind]]));
    const { found } = through(type, all);
    expect(new Map(found)).toEqual(all);
    expect([...found.keys()]).toEqual(layout.map(([, name]) => name));
    for (const [, name, kind] of layout) {
      const one = new Map([[name, SAMPLES[kind]]]);
      expect(new Map(through(type, one).found)).toEqual(one);
    }
  });

  it('have each flag and each name once', () => {
    for (const type of types) {
      const layout = wireLayoutOf(type)!;
      expect(new Set(layout.map(([flag]) => flag)).size).toBe(layout.length);
      expect(new Set(layout.map(([, name]) => name)).size).toBe(layout.length);
    }
    expect(COMMON_WIRE_PROPERTIES.map(([flag]) => flag).filter((flag) => [18, 19, 22].includes(flag))).toEqual([]);
  });

  it('have the names of the world, but for what only the wire has', () => {
    const unknown = new Set<string>();
    for (const type of types) {
      expect(ENTITY_TYPES.has(type)).toBe(true);
      for (const [, name] of wireLayoutOf(type)!) if (!isKnown(type, name)) unknown.add(name);
    }
    expect([...unknown].sort()).toEqual(['created', 'lastEditedBy', 'queryAACube', 'simulationOwner']);
  });

  it('have some properties in another order than their flags', () => {
    const { bytes } = through(
      'ParticleEffect',
      new Map([
        ['emitRadiusStart', 1],
        ['polarStart', 2],
      ]),
    );
    expect(Buffer.from(bytes.subarray(-8)).toString('hex')).toBe('0000803f00000040');
  });

  it('are refused with types and properties that the table does not have', () => {
    const writer = ByteWriter.growing(100);
    expect(() => writeProperties(writer, 'Sound', new Map())).toThrow('no number');
    expect(() => writeProperties(writer, 'Box', new Map([['modelURL', 'x']]))).toThrow('unknown');
    // Flag 18 alone.
    const flags = Uint8Array.of(0b1100_0000, 0, 0b0000_0100);
    expect(() => readProperties(new ByteReader(flags), 'Box')).toThrow('unknown');
  });
});

/** A section with everything at the root. */
const rootSection = (entities: readonly EntityRecord[]) => [
  { octalCode: ROOT_OCTAL_CODE, colorsMask: 0, childrenInTreeMask: 0, entities },
];

describe('packets of entities', () => {
  const properties = new Map<string, WireValue>([['name', 'box']]);
  const times = { createdUs: 1, lastEditedUs: 2, updateDeltaUs: 300, simulatedDeltaUs: 0 };
  const record = { id: ID, type: 'Box', ...times, properties };

  it.each([true, false])('come out as they went in, compressed: %s', (isCompressed) => {
    const packet = { hasColors: true, isCompressed, sequence: 9, sentUs: 5, sections: [rootSection([record, record])] };
    const writer = ByteWriter.growing(10_000);
    EntityData.write(writer, packet);
    expect(EntityData.read(new ByteReader(writer.written()))).toEqual(packet);
  });

  it('with several sections and several elements are read', () => {
    const deep = { octalCode: Uint8Array.of(3, 0xff, 0x80), colorsMask: 0, childrenInTreeMask: 3, entities: [record] };
    const sections = [[...rootSection([record]), deep], [deep]];
    const packet = { hasColors: false, isCompressed: true, sequence: 1, sentUs: 1, sections };
    const writer = ByteWriter.growing(10_000);
    EntityData.write(writer, packet);
    expect(EntityData.read(new ByteReader(writer.written()))).toEqual(packet);
  });

  it('of edits have no end but the packet’s', () => {
    const one = { octalCode: ROOT_OCTAL_CODE, lastEditedUs: 1, id: ID, type: 'Box', updateDeltaUs: 0, properties };
    const packet = { sequence: 1, sentUs: 2, edits: [one, { ...one, type: 'Zone' }] };
    const writer = ByteWriter.growing(10_000);
    EntityEdits.write(writer, packet);
    expect(EntityEdits.read(new ByteReader(writer.written()))).toEqual(packet);
    const cut = writer.written().subarray(0, -1);
    expect(() => EntityEdits.read(new ByteReader(cut))).toThrow('are left');
  });
});

/** Groups are properties of their own in the world. */
function isKnown(type: string, name: string): boolean {
  const [group, inner] = name.split('.');
  const definition = propertyOf(type, group);
  if (inner === undefined) return definition !== undefined;
  return definition?.properties?.some((property) => property.name === inner) ?? false;
}
