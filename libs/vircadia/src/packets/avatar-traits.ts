import type { ByteReader } from '../coding/byte-reader.js';
import type { ByteWriter } from '../coding/byte-writer.js';
import type { Codec } from '../coding/codec.js';
import { malformed, tooLarge } from '../vircadia.errors.js';

/** What can be told of an avatar rarely and reliably (specification F.7). */
export const TraitType = { SkeletonModelUrl: 0, SkeletonData: 1, AvatarEntity: 2, Grab: 3 } as const;

const NO_TRAIT = -1;
const DELETED = -1;
const SIZE_MAX = 0x7fff;
/** Types of which an avatar can have several. */
const INSTANCED: readonly number[] = [TraitType.AvatarEntity, TraitType.Grab];

/** One trait of an avatar. */
export interface AvatarTrait {
  /** One of TraitType. */
  readonly type: number;
  /** Which of several of a type; undefined for types of which there is one. */
  readonly instanceId?: string;
  /** Undefined: deleted. A view. */
  readonly data?: Uint8Array;
}

/** What a client says of its own avatar: the version counts for all traits in the message. */
export interface SetAvatarTraits {
  readonly version: number;
  readonly traits: readonly AvatarTrait[];
}

export const SetAvatarTraits: Codec<SetAvatarTraits> = {
  read(reader) {
    const version = reader.i32('trait version');
    const traits: AvatarTrait[] = [];
    while (reader.remainingBytes > 0) {
      const type = readType(reader);
      traits.push(readTrait(reader, type));
    }
    return { version, traits };
  },
  write(writer, { version, traits }) {
    writer.i32(version, 'trait version');
    for (const trait of traits) {
      writer.u8(trait.type, 'trait type');
      writeTrait(writer, trait);
    }
  },
};

/** A trait of somebody else's avatar, or one that the mixer does not accept as it is. */
export interface VersionedTrait extends AvatarTrait {
  readonly version: number;
}

/** What a mixer tells of others' avatars. It is to be acknowledged. */
export interface BulkAvatarTraits {
  /** Of messages to this client, from 1. */
  readonly sequence: number;
  readonly avatars: ReadonlyArray<{ readonly id: string; readonly traits: readonly VersionedTrait[] }>;
}

export const BulkAvatarTraits: Codec<BulkAvatarTraits> = {
  read(reader) {
    const sequence = reader.i64('traits sequence');
    const avatars: Array<BulkAvatarTraits['avatars'][number]> = [];
    while (reader.remainingBytes > 0) {
      avatars.push({ id: reader.uuid('avatar id'), traits: readVersionedTraits(reader) });
    }
    return { sequence, avatars };
  },
  write(writer, { sequence, avatars }) {
    writer.u64(sequence, 'traits sequence');
    for (const { id, traits } of avatars) {
      writer.uuid(id, 'avatar id');
      for (const trait of traits) writeVersionedTrait(writer, trait);
      writer.u8(NO_TRAIT, 'trait type');
    }
  },
};

/** The payload of SetAvatarTraits from a mixer, which sets right what a client claimed. */
export const TraitOverride: Codec<VersionedTrait> = {
  read(reader) {
    const type = readType(reader);
    return { version: reader.i32('trait version'), ...readTrait(reader, type) };
  },
  write: writeVersionedTrait,
};

/** The payload of a BulkAvatarTraitsAck: the sequence of the message. */
export const BulkAvatarTraitsAck: Codec<number> = {
  read: (reader) => reader.i64('traits sequence'),
  write: (writer, sequence) => writer.u64(sequence, 'traits sequence'),
};

function readVersionedTraits(reader: ByteReader): VersionedTrait[] {
  const traits: VersionedTrait[] = [];
  for (let type = reader.i8('trait type'); type !== NO_TRAIT; type = reader.i8('trait type')) {
    checkType(type);
    traits.push({ version: reader.i32('trait version'), ...readTrait(reader, type) });
  }
  return traits;
}

function writeVersionedTrait(writer: ByteWriter, trait: VersionedTrait): void {
  writer.u8(trait.type, 'trait type');
  writer.i32(trait.version, 'trait version');
  writeTrait(writer, trait);
}

function readType(reader: ByteReader): number {
  const type = reader.i8('trait type');
  checkType(type);
  return type;
}

/** Without knowing a type it is not known how long its trait is. */
function checkType(type: number): void {
  if (type < 0 || type > TraitType.Grab) throw malformed('trait type', `There is no trait ${type}.`);
}

function readTrait(reader: ByteReader, type: number): AvatarTrait {
  const instanceId = INSTANCED.includes(type) ? reader.uuid('trait instance') : undefined;
  const size = reader.i16('trait size');
  if (size === DELETED && instanceId !== undefined) return { type, instanceId, data: undefined };
  if (size < 0) throw malformed('trait size', `A trait of ${size} bytes is none.`);
  return { type, instanceId, data: reader.bytesOf(size, 'trait') };
}

function writeTrait(writer: ByteWriter, { instanceId, data }: AvatarTrait): void {
  if (instanceId !== undefined) writer.uuid(instanceId, 'trait instance');
  if (!data) return writer.i16(DELETED, 'trait size');
  if (data.length > SIZE_MAX) throw tooLarge('trait size', `A trait has at most ${SIZE_MAX} bytes.`);
  writer.i16(data.length, 'trait size');
  writer.bytes(data, 'trait');
}
