import { malformed } from '../vircadia.errors.js';
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

/** Fails with `vircadia-packet-malformed` for types that do not exist and bytes that are missing. */
export function readControlPacket(datagram: Uint8Array): ControlPacket {
  if (datagram.length < 4) throw malformed('control', 'A packet is shorter than its header.');
  const type = (wordAt(datagram, 0) >>> TYPE_SHIFT) & TYPE_MASK;
  if (type > ControlType.HandshakeRequest) throw malformed('control', `There is no control packet ${type}.`);
  if (type === ControlType.HandshakeRequest) return { type, sequence: 0 };
  if (datagram.length < 8) throw malformed('control', 'A sequence number is missing.');
  return { type: type as ControlType, sequence: wordAt(datagram, 4) & SEQUENCE_MAX };
}

export function controlPacket(type: ControlType, sequence = 0): Uint8Array {
  const datagram = new Uint8Array(type === ControlType.HandshakeRequest ? 4 : 8);
  putWord(datagram, 0, (CONTROL_BIT | (type << TYPE_SHIFT)) >>> 0);
  if (datagram.length === 8) putWord(datagram, 4, sequence);
  return datagram;
}
