import { ByteWriter } from '../coding/byte-writer.js';
import { qCompress } from '../coding/q-compress.js';
import { PacketError } from '../vircadia.errors.js';
import { payloadBytesMax } from './datagrams.js';
import { COLORS_FLAG, COMPRESSED_FLAG, type EntityRecord, writeRecord } from './entity-data.js';
import type { WireValue } from './entity-value-codecs.js';
import { PacketType } from './packet-types.js';

// Many entities among packets. Every packet has one section, compressed, with everything at the root: what all clients
// understand (specification H.2, trap 7).

/** Flags, sequence, time; the section's length. */
const HEAD_BYTES = 1 + 2 + 8 + 2;
/** Octal code, three masks, count of entities. */
const ROOT_BYTES = 1 + 3 + 2;
/** What a block is longer than its bytes at most: its length, and what zlib adds to what cannot be compressed. */
const WRAPPING_BYTES = 4 + 16;
/** Bytes of a compressed section that fit into one packet. */
const BLOCK_BYTES_MAX = payloadBytesMax(PacketType.EntityData) - HEAD_BYTES;
/** Records of so many bytes together fit into one packet, however badly they are compressed. */
const SURE_BYTES = BLOCK_BYTES_MAX - WRAPPING_BYTES - ROOT_BYTES;
/** An entity is hardly larger than its properties may be. */
const RECORD_BYTES_MAX = 1_048_576;
/** More effort and memory cost half as much again, and save next to nothing. */
const QUICK = { level: 1, memLevel: 5 };
/** Wraps bytes only. */
const STORED = { level: 0, memLevel: 1 };
const RATIO_MIN = 1;
const RATIO_MAX = 12;

/** One entity as bytes: where there is too much of it for one packet, as several records with some of its properties each. */
export interface EncodedEntity {
  readonly records: readonly Uint8Array[];
  /** Properties that are too large for any packet. */
  readonly omitted: readonly string[];
}

/** A section for one packet. */
export interface PackedSection {
  readonly block: Uint8Array;
  /** How many of the records are in it, at least one. */
  readonly count: number;
}

/** What is in it is copied before anybody else can write. */
const scratch = ByteWriter.growing(RECORD_BYTES_MAX);

/** Where in a record `last edited` stands. */
const LAST_EDITED_AT = 16 + 1 + 8;
const HIGH_WORD = 0x1_0000_0000;

/** Encodes an entity so that each record fits into a packet. */
export function encodeEntityRecord(record: EntityRecord): EncodedEntity {
  const whole = bytesOf(record);
  if (whole && fits(whole)) return { records: [whole], omitted: [] };
  return divide(record, [...record.properties]);
}

/** The same record with another time of its last edit, in µs since 1970. */
export function withLastEdited(record: Uint8Array, lastEditedUs: number): Uint8Array {
  const copy = Uint8Array.from(record);
  const view = new DataView(copy.buffer);
  view.setUint32(LAST_EDITED_AT, lastEditedUs % HIGH_WORD, true);
  view.setUint32(LAST_EDITED_AT + 4, Math.floor(lastEditedUs / HIGH_WORD), true);
  return copy;
}

/** Puts as many records into one section as will fit; learns how well records can be compressed. */
export class SectionPacker {
  private ratio = 2;

  /** @param records  of encodeEntityRecord, at least one; the first ones go */
  pack(records: readonly Uint8Array[]): PackedSection {
    let count = 0;
    let bytes = 0;
    while (count < records.length && (count === 0 || bytes + records[count].length <= SURE_BYTES * this.ratio)) {
      bytes += records[count++].length;
    }
    for (;;) {
      const block = compress(records, count);
      if (block.length <= BLOCK_BYTES_MAX || count === 1) {
        if (count < records.length && block.length < 0.85 * BLOCK_BYTES_MAX) this.scale(1.1);
        return { block, count };
      }
      this.scale(0.9);
      count = Math.max(1, Math.floor((count * 0.95 * BLOCK_BYTES_MAX) / block.length));
    }
  }

  private scale(factor: number): void {
    this.ratio = Math.min(RATIO_MAX, Math.max(RATIO_MIN, this.ratio * factor));
  }
}

/** A section of small records, wrapped only: for what is sent often. Takes as many as fit. */
export function wrapSection(records: readonly Uint8Array[]): PackedSection {
  let count = 0;
  for (let bytes = 0; count < records.length && bytes + records[count].length <= SURE_BYTES; count++) {
    bytes += records[count].length;
  }
  count = Math.max(1, count);
  return { block: qCompress(sectionOf(records, count), STORED), count };
}

/**
 * The payload of an EntityData.
 *
 * @param sequence  16 bits, counted for each client, also in EntityErase
 */
export function entityDataPayload(block: Uint8Array, sequence: number, sentUs: number): Uint8Array {
  const payload = new Uint8Array(HEAD_BYTES + block.length);
  const writer = ByteWriter.into(payload);
  writer.u8(COLORS_FLAG | COMPRESSED_FLAG, 'flags');
  writer.u16(sequence, 'sequence');
  writer.u64(sentUs, 'sent at');
  writer.u16(block.length, 'section');
  writer.bytes(block, 'section');
  return payload;
}

/** An entity with some of its properties: those, or each half of them by itself. */
function divide(
  record: EntityRecord,
  properties: ReadonlyArray<readonly [name: string, value: WireValue]>,
): EncodedEntity {
  const bytes = bytesOf({ ...record, properties: new Map(properties) });
  if (bytes && fits(bytes)) return { records: [bytes], omitted: [] };
  if (properties.length <= 1) return { records: [], omitted: properties.map(([name]) => name) };
  const middle = properties.length >> 1;
  const halves = [divide(record, properties.slice(0, middle)), divide(record, properties.slice(middle))];
  return { records: halves.flatMap(({ records }) => records), omitted: halves.flatMap(({ omitted }) => omitted) };
}

/** Undefined when it has a text that is too long for the wire. */
function bytesOf(record: EntityRecord): Uint8Array | undefined {
  scratch.offset = 0;
  try {
    writeRecord(scratch, record);
  } catch (error) {
    if (error instanceof PacketError) return undefined;
    throw error;
  }
  return scratch.written().slice();
}

function fits(record: Uint8Array): boolean {
  return record.length <= SURE_BYTES || compress([record], 1).length <= BLOCK_BYTES_MAX;
}

function compress(records: readonly Uint8Array[], count: number): Uint8Array {
  return qCompress(sectionOf(records, count), QUICK);
}

function sectionOf(records: readonly Uint8Array[], count: number): Uint8Array {
  let length = ROOT_BYTES;
  for (let i = 0; i < count; i++) length += records[i].length;
  const section = new Uint8Array(length);
  // The root's code and all masks are zero.
  section[ROOT_BYTES - 2] = count & 0xff;
  section[ROOT_BYTES - 1] = count >> 8;
  let at = ROOT_BYTES;
  for (let i = 0; i < count; i++) {
    section.set(records[i], at);
    at += records[i].length;
  }
  return section;
}
