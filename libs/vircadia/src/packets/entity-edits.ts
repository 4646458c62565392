import { readByteCountCoded, writeByteCountCoded } from '../coding/byte-count-coded.js';
import type { ByteReader } from '../coding/byte-reader.js';
import type { ByteWriter } from '../coding/byte-writer.js';
import { sizeIn16Bits } from '../coding/byte-writer.js';
import type { Codec } from '../coding/codec.js';
import {
  readEntityType,
  readProperties,
  type WireProperties,
  writeEntityType,
  writeProperties,
} from './entity-properties.js';
import { readOctalCode } from './octal-code.js';

/** What all edit packets begin with (specification H.6). */
export interface EditHeader {
  /** 16 bits, of all edit packets of this sender. */
  readonly sequence: number;
  readonly sentUs: number;
}

/** One entity as somebody wants it to be. */
export interface EntityEdit {
  /** Where in the sender's tree it is: of no use to anybody. */
  readonly octalCode: Uint8Array;
  readonly lastEditedUs: number;
  readonly id: string;
  readonly type: string;
  readonly updateDeltaUs: number;
  readonly properties: WireProperties;
}

/** The payload of EntityAdd (with one edit), EntityEdit and EntityPhysics. */
export interface EntityEdits extends EditHeader {
  readonly edits: readonly EntityEdit[];
}

export const EntityEdits: Codec<EntityEdits> = {
  read(reader) {
    const header = readHeader(reader);
    const edits: EntityEdit[] = [];
    while (reader.remainingBytes > 0) edits.push(readEdit(reader));
    return { ...header, edits };
  },
  write(writer, packet) {
    writeHeader(writer, packet);
    for (const edit of packet.edits) writeEdit(writer, edit);
  },
};

/** The payload of an EntityErase from a client. */
export interface EraseRequest extends EditHeader {
  readonly ids: readonly string[];
}

export const EraseRequest: Codec<EraseRequest> = {
  read: (reader) => ({ ...readHeader(reader), ids: readIds(reader) }),
  write(writer, request) {
    writeHeader(writer, request);
    writeIds(writer, request.ids);
  },
};

/** The payload of an EntityErase to a client (specification H.7); its sequence is that of EntityData. */
export interface EraseNotice extends EditHeader {
  readonly flags: number;
  readonly ids: readonly string[];
}

export const EraseNotice: Codec<EraseNotice> = {
  read: (reader) => ({ flags: reader.u8('flags'), ...readHeader(reader), ids: readIds(reader) }),
  write(writer, notice) {
    writer.u8(notice.flags, 'flags');
    writeHeader(writer, notice);
    writeIds(writer, notice.ids);
  },
};

/** Somebody takes a copy. */
export interface EntityClone extends EditHeader {
  readonly originalId: string;
  readonly newId: string;
}

export const EntityClone: Codec<EntityClone> = {
  read: (reader) => ({ ...readHeader(reader), originalId: reader.uuid('original'), newId: reader.uuid('new') }),
  write(writer, clone) {
    writeHeader(writer, clone);
    writer.uuid(clone.originalId, 'original');
    writer.uuid(clone.newId, 'new');
  },
};

/** The payload of both nacks: sequence numbers of packets that have not come. */
export const MissingSequences: Codec<readonly number[]> = {
  read(reader) {
    const missing: number[] = [];
    while (reader.remainingBytes > 0) missing.push(reader.u16('missing'));
    return missing;
  },
  write(writer, missing) {
    for (const sequence of missing) writer.u16(sequence, 'missing');
  },
};

/** The payload of EntityQueryInitialResultsComplete: the last EntityData of the first scene (specification H.9). */
export const InitialResultsComplete: Codec<number> = {
  read: (reader) => reader.u16('sequence'),
  write: (writer, sequence) => writer.u16(sequence, 'sequence'),
};

function readHeader(reader: ByteReader): EditHeader {
  return { sequence: reader.u16('sequence'), sentUs: reader.u64('sent at') };
}

function writeHeader(writer: ByteWriter, { sequence, sentUs }: EditHeader): void {
  writer.u16(sequence, 'sequence');
  writer.u64(sentUs, 'sent at');
}

function readEdit(reader: ByteReader): EntityEdit {
  const octalCode = readOctalCode(reader);
  const lastEditedUs = reader.u64('last edited');
  const id = reader.uuid('entity id');
  const type = readEntityType(reader);
  const updateDeltaUs = readByteCountCoded(reader, 'update delta');
  return { octalCode, lastEditedUs, id, type, updateDeltaUs, properties: readProperties(reader, type) };
}

function writeEdit(writer: ByteWriter, edit: EntityEdit): void {
  writer.bytes(edit.octalCode, 'octal code');
  writer.u64(edit.lastEditedUs, 'last edited');
  writer.uuid(edit.id, 'entity id');
  writeEntityType(writer, edit.type);
  writeByteCountCoded(writer, edit.updateDeltaUs, 'update delta');
  writeProperties(writer, edit.type, edit.properties);
}

/** Their number is not believed: reading ends where the bytes do. */
function readIds(reader: ByteReader): string[] {
  const ids: string[] = [];
  for (let left = reader.u16('count'); left > 0; left--) ids.push(reader.uuid('entity id'));
  return ids;
}

function writeIds(writer: ByteWriter, ids: readonly string[]): void {
  writer.u16(sizeIn16Bits(ids.length, 'count'), 'count');
  for (const id of ids) writer.uuid(id, 'entity id');
}
