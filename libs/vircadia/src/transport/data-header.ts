import { SEQUENCE_MAX } from './sequence.js';

// The header of a data packet (specification B.2): words of 32 bits, little-endian.

/** Bytes of the largest packet, all headers included (specification B.1). */
export const PACKET_BYTES_MAX = 1464;
/** Bytes of the header of a packet by itself, and of a part of a message. */
export const DATA_HEADER_BYTES = 4;
export const MESSAGE_HEADER_BYTES = 12;

const RELIABLE_BIT = 0x4000_0000;
const MESSAGE_BIT = 0x2000_0000;
const OBFUSCATION_SHIFT = 27;
const POSITION_SHIFT = 30;
/** Message numbers have 30 bits. */
export const MESSAGE_NUMBER_MAX = 0x3fff_ffff;

/** Which part of its message a packet is. */
export const MessagePosition = { Only: 0, Last: 1, First: 2, Middle: 3 } as const;
export type MessagePosition = (typeof MessagePosition)[keyof typeof MessagePosition];

/** What a part says of its place in its message. */
export interface MessagePart {
  readonly position: MessagePosition;
  /** Counts the messages of a connection, from 1. */
  readonly number: number;
  /** Counts the parts of a message, from 0. */
  readonly part: number;
}

export interface DataHeader {
  readonly isReliable: boolean;
  /** 0 to 3: how everything after this header is obfuscated. */
  readonly obfuscation: number;
  readonly sequence: number;
  /** Absent in a packet by itself. */
  readonly message?: MessagePart;
}

/** Whether these bytes are a control packet, which has no such header. */
export function isControlPacket(datagram: Uint8Array): boolean {
  return datagram.length >= 4 && (datagram[3] & 0x80) !== 0;
}

/** Bytes of the header of this data packet. */
export function dataHeaderBytes(header: DataHeader): number {
  return header.message ? MESSAGE_HEADER_BYTES : DATA_HEADER_BYTES;
}

/** Reads the header of a data packet; undefined when it is cut short. */
export function readDataHeader(datagram: Uint8Array): DataHeader | undefined {
  if (datagram.length < DATA_HEADER_BYTES) return undefined;
  const first = wordAt(datagram, 0);
  const isReliable = (first & RELIABLE_BIT) !== 0;
  const obfuscation = (first >>> OBFUSCATION_SHIFT) & 3;
  const sequence = first & SEQUENCE_MAX;
  if ((first & MESSAGE_BIT) === 0) return { isReliable, obfuscation, sequence, message: undefined };
  if (datagram.length < MESSAGE_HEADER_BYTES) return undefined;
  const second = wordAt(datagram, 4);
  const message = {
    position: (second >>> POSITION_SHIFT) as MessagePosition,
    number: second & MESSAGE_NUMBER_MAX,
    part: wordAt(datagram, 8),
  };
  return { isReliable, obfuscation, sequence, message };
}

/** Writes the header into the first 4 or 12 bytes. */
export function writeDataHeader(datagram: Uint8Array, header: DataHeader): void {
  const { isReliable, obfuscation, sequence, message } = header;
  const flags = (isReliable ? RELIABLE_BIT : 0) | (message ? MESSAGE_BIT : 0) | (obfuscation << OBFUSCATION_SHIFT);
  putWord(datagram, 0, flags | sequence);
  if (!message) return;
  putWord(datagram, 4, (message.position << POSITION_SHIFT) | message.number);
  putWord(datagram, 8, message.part);
}

export function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

export function putWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word;
  bytes[at + 1] = word >>> 8;
  bytes[at + 2] = word >>> 16;
  bytes[at + 3] = word >>> 24;
}
