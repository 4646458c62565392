import { readByteCountCoded, writeByteCountCoded } from '../coding/byte-count-coded.js';
import { ByteReader } from '../coding/byte-reader.js';
import { ByteWriter, sizeIn16Bits } from '../coding/byte-writer.js';
import type { Codec } from '../coding/codec.js';
import { qCompress, qUncompress } from '../coding/q-compress.js';
import { malformed } from '../vircadia.errors.js';
import {
  readEntityType,
  readProperties,
  type WireProperties,
  writeEntityType,
  writeProperties,
} from './entity-properties.js';
import { readOctalCode } from './octal-code.js';

/** An entity as the server tells it (specification H.3). Times in µs since 1970. */
export interface EntityRecord {
  readonly id: string;
  /** For example `Box`. */
  readonly type: string;
  readonly createdUs: number;
  readonly lastEditedUs: number;
  /** From the last edit on. */
  readonly updateDeltaUs: number;
  readonly simulatedDeltaUs: number;
  readonly properties: WireProperties;
}

/** Entities at one place of the tree. Everything may be at its root. */
export interface TreeElement {
  readonly octalCode: Uint8Array;
  readonly colorsMask: number;
  readonly childrenInTreeMask: number;
  readonly entities: readonly EntityRecord[];
}

/** A packet of entities (specification H.2). For web clients: compressed, and one section (trap 7). */
export interface EntityData {
  readonly hasColors: boolean;
  readonly isCompressed: boolean;
  /** 16 bits, counted for each client, also in EntityErase. */
  readonly sequence: number;
  readonly sentUs: number;
  readonly sections: ReadonlyArray<readonly TreeElement[]>;
}

export const COLORS_FLAG = 0x80;
export const COMPRESSED_FLAG = 0x40;
/** All sections of a packet together, uncompressed: many times what a server ever puts into one. */
const SECTIONS_BYTES_MAX = 262_144;

export const EntityData: Codec<EntityData> = {
  read(reader) {
    const flags = reader.u8('flags');
    const sequence = reader.u16('sequence');
    const sentUs = reader.u64('sent at');
    const isCompressed = (flags & COMPRESSED_FLAG) !== 0;
    const sections = isCompressed ? readCompressed(reader) : [readSection(reader.rest())];
    return { hasColors: (flags & COLORS_FLAG) !== 0, isCompressed, sequence, sentUs, sections };
  },
  write(writer, { hasColors, isCompressed, sequence, sentUs, sections }) {
    writer.u8((hasColors ? COLORS_FLAG : 0) | (isCompressed ? COMPRESSED_FLAG : 0), 'flags');
    writer.u16(sequence, 'sequence');
    writer.u64(sentUs, 'sent at');
    for (const section of sections) {
      if (isCompressed) writeCompressed(writer, section);
      else writeSection(writer, section);
    }
  },
};

function readCompressed(reader: ByteReader): TreeElement[][] {
  const sections: TreeElement[][] = [];
  let bytesLeft = SECTIONS_BYTES_MAX;
  while (reader.remainingBytes > 0) {
    const block = reader.bytesOf(reader.u16('section'), 'section');
    const bytes = qUncompress(block, bytesLeft, 'section');
    bytesLeft -= bytes.length;
    sections.push(readSection(bytes));
  }
  return sections;
}

function writeCompressed(writer: ByteWriter, section: readonly TreeElement[]): void {
  const tree = ByteWriter.growing(SECTIONS_BYTES_MAX);
  writeSection(tree, section);
  const block = qCompress(tree.written());
  writer.u16(sizeIn16Bits(block.length, 'section'), 'section');
  writer.bytes(block, 'section');
}

function readSection(bytes: Uint8Array): TreeElement[] {
  const reader = new ByteReader(bytes);
  const elements: TreeElement[] = [];
  while (reader.remainingBytes > 0) elements.push(readElement(reader));
  return elements;
}

function writeSection(writer: ByteWriter, section: readonly TreeElement[]): void {
  for (const { octalCode, colorsMask, childrenInTreeMask, entities } of section) {
    writer.bytes(octalCode, 'octal code');
    writer.u8(colorsMask, 'colors mask');
    writer.u8(childrenInTreeMask, 'children in tree');
    writer.u8(0, 'children in buffer');
    writer.u16(sizeIn16Bits(entities.length, 'entity count'), 'entity count');
    for (const entity of entities) writeRecord(writer, entity);
  }
}

function readElement(reader: ByteReader): TreeElement {
  const octalCode = readOctalCode(reader);
  const colorsMask = reader.u8('colors mask');
  const childrenInTreeMask = reader.u8('children in tree');
  if (reader.u8('children in buffer') !== 0)
    throw malformed('children in buffer', 'Trees inside of trees are not sent.');
  const entities: EntityRecord[] = [];
  for (let left = reader.u16('entity count'); left > 0; left--) entities.push(readRecord(reader));
  return { octalCode, colorsMask, childrenInTreeMask, entities };
}

function readRecord(reader: ByteReader): EntityRecord {
  const id = reader.uuid('entity id');
  const type = readEntityType(reader);
  return {
    id,
    type,
    createdUs: reader.u64('created'),
    lastEditedUs: reader.u64('last edited'),
    updateDeltaUs: readByteCountCoded(reader, 'update delta'),
    simulatedDeltaUs: readByteCountCoded(reader, 'simulated delta'),
    properties: readProperties(reader, type),
  };
}

/** One entity's bytes within a section. */
export function writeRecord(writer: ByteWriter, record: EntityRecord): void {
  writer.uuid(record.id, 'entity id');
  writeEntityType(writer, record.type);
  writer.u64(record.createdUs, 'created');
  writer.u64(record.lastEditedUs, 'last edited');
  writeByteCountCoded(writer, record.updateDeltaUs, 'update delta');
  writeByteCountCoded(writer, record.simulatedDeltaUs, 'simulated delta');
  writeProperties(writer, record.type, record.properties);
}
