import { ByteReader } from '@app/vircadia';

const reader = new ByteReader(new Uint8Array(0));

/** Reads the payload of a packet. One reader serves all: it is done with before the next packet comes. */
export function readerOf(packet: Uint8Array, payloadOffset: number): ByteReader {
  return reader.reset(packet, payloadOffset);
}
