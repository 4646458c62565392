import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

/**
 * Both directions of one kind of payload. Reading fails with `vircadia-packet-malformed` and nothing else; what it gives
 * may contain views of the bytes read. Writing fails with `vircadia-packet-too-large` when there is no room.
 */
export interface Codec<Value> {
  read(reader: ByteReader): Value;
  write(writer: ByteWriter, value: Value): void;
}

/** A payload that is a UUID and nothing else. */
export const UuidPayload: Codec<string> = {
  read: (reader) => reader.uuid('id'),
  write: (writer, uuid) => writer.uuid(uuid, 'id'),
};

/** A payload that is yes or no. */
export const FlagPayload: Codec<boolean> = {
  read: (reader) => reader.bool('flag'),
  write: (writer, flag) => writer.bool(flag, 'flag'),
};

/** A payload that is text to its end, without a length. */
export const TextPayload: Codec<string> = {
  read: (reader) => reader.text(reader.remainingBytes, 'text'),
  write: (writer, text) => writer.text(text, 'text'),
};

/** No payload. */
export const EmptyPayload: Codec<undefined> = {
  read: () => undefined,
  write: () => undefined,
};
