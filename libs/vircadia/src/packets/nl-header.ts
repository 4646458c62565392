import { HASH_BYTES, type PacketSecret } from './packet-secret.js';
import { type HeaderClass, PACKET_TYPES } from './packet-types.js';

// The header of every packet but control packets (specification C.1): type, version, then by type the sender's number
// and a hash. `packet` begins with it: the transport's header has been taken off.

const SOURCE_OFFSET = 2;
const HASH_OFFSET = 4;
const HEADER_BYTES: Readonly<Record<HeaderClass, number>> = {
  plain: 2,
  sourced: 4,
  verified: HASH_OFFSET + HASH_BYTES,
};
/** Type 0 is nobody's. */
const BYTES_BY_TYPE = PACKET_TYPES.map(({ header, number }) => (number === 0 ? 0 : HEADER_BYTES[header]));

/** Whose packet it is, and how others know. */
export interface PacketIdentity {
  /** The number that the domain server gave the sender; 0 as long as it has none. */
  readonly localId: number;
  /** Absent when the DomainList said that packets are not authenticated, and between clients and domain servers. */
  readonly secret?: PacketSecret;
}

/** Bytes of the header of a type, 2 to 20; 0 for numbers that no type has. */
export function nlHeaderBytes(type: number): number {
  return BYTES_BY_TYPE[type] ?? 0;
}

/** What is wrong with a header before anything is known about its sender. */
export type HeaderFault = 'too-short' | 'unknown-type' | 'wrong-version';

/** Undefined for a header that is good as far as it can be judged by itself. */
export function headerFault(packet: Uint8Array): HeaderFault | undefined {
  if (packet.length < 2) return 'too-short';
  const bytes = nlHeaderBytes(packet[0]);
  if (bytes === 0) return 'unknown-type';
  if (packet[1] !== PACKET_TYPES[packet[0]].version) return 'wrong-version';
  return packet.length < bytes ? 'too-short' : undefined;
}

/** The type's number. */
export function packetType(packet: Uint8Array): number {
  return packet[0];
}

/** The sender's number; undefined for types that do not say it. Only for packets without a fault. */
export function packetSource(packet: Uint8Array): number | undefined {
  if (nlHeaderBytes(packet[0]) < HASH_OFFSET) return undefined;
  return packet[SOURCE_OFFSET] | (packet[SOURCE_OFFSET + 1] << 8);
}

/** Whether the hash is right; true for types without one. Only for packets without a fault. */
export function isGenuine(packet: Uint8Array, secret: PacketSecret): boolean {
  const bytes = nlHeaderBytes(packet[0]);
  return bytes < HEADER_BYTES.verified || secret.verify(packet, bytes, packet.length, HASH_OFFSET);
}

/**
 * What the owner of a Connection mostly says in `admit`: whether this is a packet of a type that we know, in our version,
 * from whom it should be, and not forged.
 *
 * @param sender  who is at the other end; undefined as long as nobody is known there: then only types pass that do not
 *                say whose they are
 * @returns       bytes of the header, or -1 to refuse the packet
 */
export function admitFrom(packet: Uint8Array, sender: PacketIdentity | undefined): number {
  if (headerFault(packet) !== undefined) return -1;
  const source = packetSource(packet);
  if (source !== undefined && source !== sender?.localId) return -1;
  if (sender?.secret && !isGenuine(packet, sender.secret)) return -1;
  return nlHeaderBytes(packet[0]);
}

/**
 * Writes the header of a packet whose payload is in place already: the hash is made from it.
 *
 * @param packet  from the header to the end of the payload
 */
export function writeNlHeader(packet: Uint8Array, type: number, { localId, secret }: PacketIdentity): void {
  const bytes = nlHeaderBytes(type);
  packet[0] = type;
  packet[1] = PACKET_TYPES[type].version;
  if (bytes === HEADER_BYTES.plain) return;
  packet[SOURCE_OFFSET] = localId;
  packet[SOURCE_OFFSET + 1] = localId >> 8;
  if (bytes < HEADER_BYTES.verified) return;
  if (secret) secret.sign(packet, bytes, packet.length, HASH_OFFSET);
  else packet.fill(0, HASH_OFFSET, bytes);
}
