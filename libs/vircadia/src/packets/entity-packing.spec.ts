import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '@app/testing';
import { ByteReader } from '../coding/byte-reader.js';
import { payloadBytesMax } from './datagrams.js';
import { EntityData, type EntityRecord } from './entity-data.js';
import {
  encodeEntityRecord,
  entityDataPayload,
  type PackedSection,
  SectionPacker,
  withLastEdited,
  wrapSection,
} from './entity-packing.js';
import type { WireValue } from './entity-value-codecs.js';
import { PacketType } from './packet-types.js';
import { toWireProperties } from './world-properties.js';

const random = new SeededRandom(3);
const idOf = (number: number): string => `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
const noise = (length: number): string =>
  Array.from({ length }, () => String.fromCharCode(33 + Math.floor(random.next() * 90))).join('');

function recordOf(number: number, properties: ReadonlyMap<string, WireValue>, type = 'Box'): EntityRecord {
  const times = { createdUs: 1_000, lastEditedUs: 2_000, updateDeltaUs: 0, simulatedDeltaUs: 3 };
  return { id: idOf(number), type, ...times, properties };
}

function entitiesOf({ block }: PackedSection): readonly EntityRecord[] {
  const payload = entityDataPayload(block, 7, 8);
  expect(payload.length).toBeLessThanOrEqual(payloadBytesMax(PacketType.EntityData));
  const { sections, isCompressed, sequence, sentUs } = EntityData.read(new ByteReader(payload));
  expect([sections.length, isCompressed, sequence, sentUs]).toEqual([1, true, 7, 8]);
  return sections[0].flatMap(({ entities }) => entities);
}

describe('many entities among packets', () => {
  it('come out as they went in, many to a packet', () => {
    const records = Array.from({ length: 500 }, (_, i) =>
      recordOf(i, toWireProperties('Box', { name: `thing ${i}`, position: { x: i, y: random.next() * 9, z: 1 } })),
    );
    let rest = records.flatMap((record) => encodeEntityRecord(record).records);
    const packer = new SectionPacker();
    const found: EntityRecord[] = [];
    let packets = 0;
    for (; rest.length > 0; packets++) {
      const section = packer.pack(rest);
      found.push(...entitiesOf(section));
      rest = rest.slice(section.count);
    }
    expect(found.map(({ id }) => id)).toEqual(records.map(({ id }) => id));
    expect(found[499].properties.get('name')).toBe('thing 499');
    expect(packets).toBeLessThan(60);
  });

  it('fit, however badly they are compressed', () => {
    const packer = new SectionPacker();
    for (let round = 0; round < 50; round++) {
      const records = Array.from({ length: 30 }, (_, i) => {
        const name = random.next() < 0.5 ? noise(Math.floor(random.next() * 1_200)) : 'x'.repeat(1_000);
        return encodeEntityRecord(recordOf(i, new Map([['name', name]]))).records[0];
      });
      const section = packer.pack(records);
      expect(entitiesOf(section)).toHaveLength(section.count);
      const wrapped = wrapSection(records);
      expect(entitiesOf(wrapped)).toHaveLength(wrapped.count);
    }
  });

  it('are divided by properties where one is too large, without what fits nowhere', () => {
    const properties = toWireProperties('Model', {
      name: 'large',
      userData: noise(1_200),
      description: noise(1_000),
      script: noise(40_000),
      serverScripts: 'x'.repeat(65_536),
    });
    const { records, omitted } = encodeEntityRecord(recordOf(1, properties, 'Model'));
    expect([...omitted].sort()).toEqual(['script', 'serverScripts']);
    const packer = new SectionPacker();
    const found = records.flatMap((record) => entitiesOf(packer.pack([record])));
    const merged = new Map(found.flatMap((entity) => [...entity.properties]));
    expect(merged.size).toBe(properties.size - 2);
    expect(merged.get('userData')).toBe(properties.get('userData'));
    expect(found.every(({ id, lastEditedUs }) => id === idOf(1) && lastEditedUs === 2_000)).toBe(true);
  });

  it('can say a later time without being written again', () => {
    const { records } = encodeEntityRecord(recordOf(1, new Map([['name', 'x']])));
    const lastEditedUs = 1_700_000_000_123_456;
    const [entity] = entitiesOf(new SectionPacker().pack([withLastEdited(records[0], lastEditedUs)]));
    expect(entity).toEqual({ ...recordOf(1, new Map([['name', 'x']])), lastEditedUs });
  });
});
