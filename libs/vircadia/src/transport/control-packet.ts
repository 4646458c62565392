import { putWord, wordAt } from './data-header.js';
import { SEQUENCE_MAX } from './sequence.js';

/** What two ends say to each other about their reliable streams (specification B.3). */
export const ControlType = { Ack: 0, Handshake: 1, HandshakeAck: 2, HandshakeRequest: 3 } as const;
export type ControlType = (typeof ControlType)[keyof typeof ControlType];

export interface ControlPacket {
  readonly type: ControlType;
  /** Of an Ack: the last one before the first that is missing. Of both handshakes: the first one. Else 0. */
  readonly sequence: number;
}

const CONTROL_BIT = 0x8000_0000;
const TYPE_SHIFT = 16;
const TYPE_MASK = 0x7fff;

/** Undefined for types that do not exist, and for packets that are cut short. */
export function readControlPacket(datagram: Uint8Array): ControlPacket | undefined {
  const type = datagram.length < 4 ? Infinity : (wordAt(datagram, 0) >>> TYPE_SHIFT) & TYPE_MASK;
  if (type > ControlType.HandshakeRequest) return undefined;
  if (type === ControlType.HandshakeRequest) return { type, sequence: 0 };
  if (datagram.length < 8) return undefined;
  return { type: type as ControlType, sequence: wordAt(datagram, 4) & SEQUENCE_MAX };
}

export function controlPacket(type: ControlType, sequence = 0): Uint8Array {
  const datagram = new Uint8Array(type === ControlType.HandshakeRequest ? 4 : 8);
  putWord(datagram, 0, (CONTROL_BIT | (type << TYPE_SHIFT)) >>> 0);
  if (datagram.length === 8) putWord(datagram, 4, sequence);
  return datagram;
}
