import { encodeMessage, type MessageFields } from './codec.js';

/** Field 6, length-delimited: ServerReliable.entity_news. */
const ENTITY_NEWS_TAG = 0x32;
/** Field 3, length-delimited: ServerRealtime.entity_motions. */
const ENTITY_MOTIONS_TAG = 0x1a;
/** Field 1, length-delimited: EntityNews.states, EntityMotions.motions. */
const ELEMENT_TAG = 0x0a;

/**
 * An encoded ServerReliable with EntityNews around states that are encoded already, so that each is encoded once for all
 * who are told. Protobuf allows a message to be put together from pieces.
 *
 * @param states  encoded EntityState messages
 * @param rest    all other fields
 */
export function packEntityNews(
  states: readonly Uint8Array[],
  rest: Omit<MessageFields<'EntityNews'> & object, 'states'>,
): Uint8Array {
  return wrap(ENTITY_NEWS_TAG, states, encodeMessage('EntityNews', rest));
}

/**
 * An encoded ServerRealtime with EntityMotions.
 *
 * @param motions  encoded EntityMotion messages
 */
export function packEntityMotions(motions: readonly Uint8Array[]): Uint8Array {
  return wrap(ENTITY_MOTIONS_TAG, motions, NOTHING);
}

/** Bytes that an encoded state or motion takes within a message. */
export function elementBytesOf(length: number): number {
  return 1 + varintBytesOf(length) + length;
}

const NOTHING = new Uint8Array(0);

function wrap(tag: number, elements: readonly Uint8Array[], rest: Uint8Array): Uint8Array {
  let size = rest.length;
  for (const { length } of elements) size += elementBytesOf(length);
  const bytes = new Uint8Array(1 + varintBytesOf(size) + size);
  bytes[0] = tag;
  let at = writeVarint(bytes, 1, size);
  for (const element of elements) {
    bytes[at] = ELEMENT_TAG;
    at = writeVarint(bytes, at + 1, element.length);
    bytes.set(element, at);
    at += element.length;
  }
  bytes.set(rest, at);
  return bytes;
}

function varintBytesOf(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}

function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  return at;
}
