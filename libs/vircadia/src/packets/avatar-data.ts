import { ByteReader } from '../coding/byte-reader.js';
import type { Codec } from '../coding/codec.js';
import { UUID_BYTES } from '../coding/uuid.js';
import { AvatarRecord } from './avatar-record.js';
import { skipAvatarRecord } from './avatar-sections.js';

/** What a client says of its own avatar, up to 50 times a second (specification F.1). */
export interface AvatarData {
  /** 16 bits, from 0. */
  readonly sequence: number;
  readonly record: AvatarRecord;
}

export const AvatarData: Codec<AvatarData> = {
  read: (reader) => ({ sequence: reader.u16('sequence'), record: AvatarRecord.read(reader) }),
  write(writer, { sequence, record }) {
    writer.u16(sequence, 'sequence');
    AvatarRecord.write(writer, record);
  },
};

/** One avatar among others'. */
export interface BulkAvatar {
  readonly id: string;
  readonly record: AvatarRecord;
}

/** The payload of a BulkAvatarData: never with the receiver's own avatar (specification F.4, trap 16). */
export const BulkAvatarData: Codec<readonly BulkAvatar[]> = {
  read(reader) {
    const avatars: BulkAvatar[] = [];
    while (reader.remainingBytes > 0) avatars.push({ id: reader.uuid('avatar id'), record: AvatarRecord.read(reader) });
    return avatars;
  },
  write(writer, avatars) {
    for (const { id, record } of avatars) {
      writer.uuid(id, 'avatar id');
      AvatarRecord.write(writer, record);
    }
  },
};

/** One avatar among others', unread. Both are views. */
export interface BulkAvatarView {
  /** 16 bytes. */
  readonly id: Uint8Array;
  /** Flags and sections, for AvatarRecord.read. */
  readonly record: Uint8Array;
}

/** Finds the records of a BulkAvatarData without reading them: for those who count, measure or choose. */
export function splitBulkAvatarData(payload: Uint8Array): BulkAvatarView[] {
  const reader = new ByteReader(payload);
  const avatars: BulkAvatarView[] = [];
  while (reader.remainingBytes > 0) {
    const id = reader.bytesOf(UUID_BYTES, 'avatar id');
    const start = reader.offset;
    skipAvatarRecord(reader);
    avatars.push({ id, record: payload.subarray(start, reader.offset) });
  }
  return avatars;
}
