import { ByteWriter } from '../coding/byte-writer.js';
import { DATA_HEADER_BYTES, MESSAGE_HEADER_BYTES, PACKET_BYTES_MAX } from '../transport/data-header.js';
import { nlHeaderBytes, type PacketIdentity, writeNlHeader } from './nl-header.js';

/** Bytes of payload that fit into one packet of a type. */
export function payloadBytesMax(type: number): number {
  return PACKET_BYTES_MAX - DATA_HEADER_BYTES - nlHeaderBytes(type);
}

/** Bytes of payload that fit into one part of a message of a type: 1432 for verified ones (specification B.7). */
export function partBytesMax(type: number): number {
  return PACKET_BYTES_MAX - MESSAGE_HEADER_BYTES - nlHeaderBytes(type);
}

/** What writes a payload. */
export type PayloadWriter = (writer: ByteWriter) => void;

/** Large enough for every packet; what is in it is copied before anybody else can write. */
const scratch = ByteWriter.into(new Uint8Array(PACKET_BYTES_MAX));
const scratchBytes = new Uint8Array(PACKET_BYTES_MAX);

/**
 * A datagram for Connection.sendUnreliable or sendReliable: room for the transport's header, NL header, payload. Fails
 * with `vircadia-packet-too-large` when the payload does not fit.
 */
export function datagramOf(type: number, identity: PacketIdentity, write: PayloadWriter): Uint8Array {
  const start = DATA_HEADER_BYTES + nlHeaderBytes(type);
  const writer = scratch.reset(scratchBytes, start);
  write(writer);
  const datagram = scratchBytes.slice(0, writer.offset);
  writeNlHeader(datagram.subarray(DATA_HEADER_BYTES), type, identity);
  return datagram;
}

/**
 * Datagrams that share memory, which is used again after 16 MiB of others. With new memory for each of them, the garbage
 * collector takes about a quarter of the time of a gateway whose 100 clients hear samples.
 */
const SHARED_BYTES = 65_536;
const SHARED_COUNT = 256;
let ring: Uint8Array[] = [];
let ringAt = 0;
let shared: Uint8Array = new Uint8Array(SHARED_BYTES);
let sharedUsed = 0;

/**
 * The same for what is sent once and at once. It may be kept until 16 MiB of others have been made; whoever has to keep it
 * for longer calls `abandonSharedDatagrams`.
 */
export function datagramToSendOnce(type: number, identity: PacketIdentity, write: PayloadWriter): Uint8Array {
  if (sharedUsed + PACKET_BYTES_MAX > SHARED_BYTES) {
    ringAt = (ringAt + 1) % SHARED_COUNT;
    shared = ring[ringAt] ??= new Uint8Array(SHARED_BYTES);
    sharedUsed = 0;
  }
  const room = shared.subarray(sharedUsed, sharedUsed + PACKET_BYTES_MAX);
  const writer = scratch.reset(room, DATA_HEADER_BYTES + nlHeaderBytes(type));
  write(writer);
  const datagram = room.subarray(0, writer.offset);
  sharedUsed += datagram.length;
  writeNlHeader(datagram.subarray(DATA_HEADER_BYTES), type, identity);
  return datagram;
}

/** A datagram that was made before is still needed, and nobody knows for how long: none of the memory is used again. */
export function abandonSharedDatagrams(): void {
  ring = [];
  shared = new Uint8Array(SHARED_BYTES);
  sharedUsed = 0;
}

/** The parts of a message for Connection.sendMessage: each with the whole NL header, and its own hash. */
export function messageParts(type: number, identity: PacketIdentity, payload: Uint8Array): Uint8Array[] {
  const partBytes = partBytesMax(type);
  const parts: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < payload.length; at += partBytes) {
    parts.push(messagePart(type, identity, payload.subarray(at, at + partBytes)));
  }
  return parts;
}

/** One part of a message for Connection.sendPart. @param piece  at most `partBytesMax` bytes */
export function messagePart(type: number, identity: PacketIdentity, piece: Uint8Array): Uint8Array {
  const start = MESSAGE_HEADER_BYTES + nlHeaderBytes(type);
  const datagram = new Uint8Array(start + piece.length);
  datagram.set(piece, start);
  writeNlHeader(datagram.subarray(MESSAGE_HEADER_BYTES), type, identity);
  return datagram;
}

/** The payload of a message of at most that many bytes. */
export function messagePayload(bytesMax: number, write: PayloadWriter): Uint8Array {
  const writer = ByteWriter.growing(bytesMax);
  write(writer);
  return writer.written();
}
