import { vicinity } from './generated/wire.js';
import { WireError } from './wire.errors.js';

type Messages = typeof vicinity.v1;

/** Name of a protobuf message of package `vicinity.v1`, for example `SessionRoster`. */
export type MessageName = {
  [Name in keyof Messages]: Messages[Name] extends { decode: unknown } ? Name : never;
}[keyof Messages];

/**
 * What a message looks like when it has been decoded: every field is there, absent ones with their default. For names
 * known only at run time it is just an object.
 */
export type MessageOf<Name extends string> = Name extends MessageName ? ReturnType<Messages[Name]['decode']> : object;

/** What can be encoded: a message or a plain object with some of its fields. */
export type MessageFields<Name extends string> = Name extends MessageName
  ? Parameters<Messages[Name]['encode']>[0]
  : object;

/** Bytes of any message unless the caller allows fewer or more: what a broker takes by default. */
export const WIRE_BYTES_MAX = 1_048_576;

/** The part of a generated class that this file needs. */
interface MessageType {
  encode(fields: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): Record<string, unknown>;
}

/** Whether there is a message of that name; the check for names that come from outside. */
export function isMessageName(name: string): name is MessageName {
  return findType(name) !== undefined;
}

/**
 * Encodes a message. Fails with `wire-unknown-message`. Strings must be well-formed UTF-16 (libs/world's validators see
 * to it): the other side refuses anything else.
 */
export function encodeMessage<Name extends string>(name: Name, fields: MessageFields<Name>): Uint8Array {
  return typeOf(name).encode(fields).finish();
}

/**
 * Decodes a message that comes from outside. Fails with `wire-too-large`, `wire-malformed` or `wire-unknown-message`,
 * never otherwise.
 *
 * Checked here: size, field framing, nesting, UTF-8. Not checked: ranges and meanings, which belong to the receiver.
 * Unknown fields are skipped and never re-encoded, so that nothing unchecked is passed on. Numbers need not be encoded
 * minimally. Memory is bounded by `bytesMax`: the densest message is a list of empty messages, 2 bytes each.
 *
 * `bytes` fields are views into `bytes`: copy what outlives it.
 */
export function decodeMessage<Name extends string>(
  name: Name,
  bytes: Uint8Array,
  bytesMax: number = WIRE_BYTES_MAX,
): MessageOf<Name> {
  const type = typeOf(name);
  if (bytes.length > bytesMax) {
    throw new WireError('wire-too-large', `A ${name} of ${bytes.length} bytes is larger than ${bytesMax}.`);
  }
  try {
    return type.decode(asPlainBytes(bytes)) as MessageOf<Name>;
  } catch (cause) {
    throw new WireError('wire-malformed', `These ${bytes.length} bytes are no ${name}.`, { cause });
  }
}

/**
 * A message as an object for JSON.stringify: bytes as base64, enums by name, 64-bit numbers as numbers, fields without
 * a value left out. Fails as decodeMessage does.
 */
export function toJson(name: string, bytes: Uint8Array): Record<string, unknown> {
  const message = decodeMessage(name, bytes);
  return typeOf(name).toObject(message, { longs: Number, enums: String, bytes: String });
}

function typeOf(name: string): MessageType {
  const type = findType(name);
  if (!type) throw new WireError('wire-unknown-message', 'There is no message of that name.');
  return type;
}

function findType(name: string): MessageType | undefined {
  if (!Object.hasOwn(vicinity.v1, name)) return undefined;
  const candidate = (vicinity.v1 as unknown as Record<string, Partial<MessageType>>)[name];
  return typeof candidate.decode === 'function' ? (candidate as MessageType) : undefined;
}

/** Node's Buffer is a Uint8Array whose slice() does not copy; nothing behind the codec has to know that. */
function asPlainBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
