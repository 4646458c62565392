import { OPUS_PACKET_BYTES_MAX } from '@app/world';

/** Opus frames of one packet up to this many bytes need one byte for their length (RFC 6716, section 3.2.1). */
const SHORT_LENGTH_MAX = 251;
/** Most packets that are joined: 60 ms of 20 ms each. */
const JOINED_MAX = 3;

/**
 * Makes one packet of two or three packets that follow each other, with the same sound in it: fewer, longer packets cost
 * fewer headers on the wire. Undefined when they cannot be one, because they are coded differently, hold more than one
 * Opus frame each, or are longer together than OPUS_PACKET_BYTES_MAX.
 */
export function joinOpusPackets(packets: readonly Uint8Array[]): Uint8Array | undefined {
  if (packets.length === 1) return packets[0];
  if (packets.length === 0 || packets.length > JOINED_MAX || !packets.every((packet) => canJoin(packets[0], packet))) {
    return undefined;
  }
  const last = packets.length - 1;
  // Two of different sizes are code 2, and three, of whatever sizes, code 3 with lengths for all but the last one.
  let size = packets.length === 2 ? 1 : 2;
  for (let index = 0; index <= last; index++) {
    size += packets[index].length - 1 + (index < last ? lengthBytes(packets[index].length - 1) : 0);
  }
  if (size > OPUS_PACKET_BYTES_MAX) return undefined;
  const joined = new Uint8Array(size);
  joined[0] = packets[0][0] | (packets.length === 2 ? 2 : 3);
  let at = 1;
  if (packets.length > 2) joined[at++] = 0x80 | packets.length;
  for (let index = 0; index < last; index++) at = writeLength(joined, at, packets[index].length - 1);
  for (const packet of packets) {
    joined.set(packet.subarray(1), at);
    at += packet.length - 1;
  }
  return joined;
}

/** Both with one Opus frame (code 0), coded alike. */
function canJoin(first: Uint8Array, second: Uint8Array): boolean {
  return first.length > 0 && second.length > 0 && first[0] === second[0] && (first[0] & 3) === 0;
}

function lengthBytes(length: number): number {
  return length <= SHORT_LENGTH_MAX ? 1 : 2;
}

function writeLength(target: Uint8Array, at: number, length: number): number {
  if (length <= SHORT_LENGTH_MAX) {
    target[at] = length;
    return at + 1;
  }
  target[at] = 252 + (length & 3);
  target[at + 1] = (length - target[at]) >> 2;
  return at + 2;
}
