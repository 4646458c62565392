import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bytesOf, PACKET_VECTORS, VECTORS } from '../../test/vectors.js';
import { ByteReader } from '../coding/byte-reader.js';
import { ByteWriter } from '../coding/byte-writer.js';
import type { Codec } from '../coding/codec.js';
import { dataHeaderBytes, readDataHeader } from '../transport/data-header.js';
import { PacketError } from '../vircadia.errors.js';
import { assetMappingReply } from './asset-mapping-operations.js';
import { splitBulkAvatarData } from './avatar-data.js';
import { headerFault, isGenuine, nlHeaderBytes, packetSource } from './nl-header.js';
import { CODECS_TO_CLIENT, CODECS_TO_SERVER } from './packet-codecs.js';
import { PacketSecret } from './packet-secret.js';
import { WebPingReply } from './ping.js';
import { readSkeletonData, writeSkeletonData } from './skeleton-data.js';

/** A message may be much longer than a packet. */
const WRITTEN_BYTES_MAX = 1_000_000;

const SKELETON: Codec<unknown> = {
  read: (reader) => readSkeletonData(reader.rest()),
  write: (writer, skeleton) => writer.bytes(writeSkeletonData(skeleton as never), 'all'),
};

const CODECS: ReadonlyArray<readonly [name: string, codec: Codec<unknown>]> = [
  ...Object.entries(CODECS_TO_SERVER as Record<string, Codec<unknown>>),
  ...Object.entries(CODECS_TO_CLIENT as Record<string, Codec<unknown>>),
  ...[0, 1, 2].map((operation) => [`mapping reply ${operation}`, assetMappingReply(operation)] as const),
  ['WebPingReply', WebPingReply],
  ['skeleton', SKELETON],
];

function written(codec: Codec<unknown>, value: unknown): Uint8Array {
  const writer = ByteWriter.growing(WRITTEN_BYTES_MAX);
  codec.write(writer, value);
  return writer.written();
}

/** Reads, and what was read can be written, and is then written the same again. Refusals are PacketErrors. */
function checkReading(codec: Codec<unknown>, bytes: Uint8Array): void {
  try {
    const value = codec.read(new ByteReader(bytes));
    const once = written(codec, value);
    expect(Buffer.compare(once, written(codec, codec.read(new ByteReader(once))))).toBe(0);
  } catch (error) {
    if (!(error instanceof PacketError)) throw error;
    expect(error.field).not.toBe('');
    expect(['vircadia-packet-malformed', 'vircadia-packet-too-large']).toContain(error.code);
  }
}

const payloads = PACKET_VECTORS.filter(({ fields }) => fields.nl).map((vector) => {
  const datagram = bytesOf(vector);
  return datagram.subarray(dataHeaderBytes(readDataHeader(datagram)!) + nlHeaderBytes(vector.fields.nl!.type));
});
const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });

/** A real payload with other bytes at a few places, cut or lengthened. */
const changedPayload = fc
  .tuple(fc.constantFrom(...payloads), changes, fc.integer({ min: -20, max: 20 }))
  .map(([payload, list, longer]) => {
    const bytes = new Uint8Array(Math.max(0, payload.length + (Math.abs(longer) < 10 ? 0 : longer)));
    bytes.set(payload.subarray(0, bytes.length));
    for (const [at, value] of list) if (bytes.length > 0) bytes[at % bytes.length] = value;
    return bytes;
  });

describe('payloads from anywhere', () => {
  it.each(CODECS)('%s is read or refused, whatever bytes come', (_, codec) => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => checkReading(codec, bytes)));
  });

  it('are read or refused when bytes have changed, each as every type', () => {
    fc.assert(
      fc.property(changedPayload, (bytes) => {
        for (const [, codec] of CODECS) checkReading(codec, bytes);
      }),
    );
  });

  it('do not make anybody reserve memory or time for what they only announce', () => {
    // The largest counts and lengths everywhere: with nothing behind them all is refused at once.
    for (const [, codec] of CODECS) {
      for (const byte of [0xff, 0x7f, 0x80]) {
        const startMs = process.cpuUsage();
        checkReading(codec, new Uint8Array(1_440).fill(byte));
        const { user } = process.cpuUsage(startMs);
        expect(user).toBeLessThan(500_000);
      }
    }
  });

  it('of many avatars are divided or refused', () => {
    fc.assert(
      fc.property(fc.oneof(changedPayload, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        try {
          const views = splitBulkAvatarData(bytes);
          expect(views.reduce((sum, { id, record }) => sum + id.length + record.length, 0)).toBe(bytes.length);
        } catch (error) {
          if (!(error instanceof PacketError)) throw error;
        }
      }),
    );
  });
});

describe('headers from anywhere', () => {
  const secret = new PacketSecret('00112233-4455-6677-8899-aabbccddeeff');

  it('are judged, whatever bytes come', () => {
    const datagrams = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(...VECTORS.map(bytesOf)));
    fc.assert(
      fc.property(datagrams, (packet) => {
        if (headerFault(packet) !== undefined) return;
        const source = packetSource(packet);
        if (source !== undefined) expect(source).toBeLessThanOrEqual(0xffff);
        expect(typeof isGenuine(packet, secret)).toBe('boolean');
      }),
    );
  });

  it('of genuine packets are not genuine with any bit turned', () => {
    const signed = PACKET_VECTORS.filter(({ fields }) => fields.nl?.hmacKey);
    fc.assert(
      fc.property(fc.constantFrom(...signed), fc.nat(), fc.nat(7), (vector, place, bit) => {
        const datagram = bytesOf(vector);
        const packet = datagram.subarray(dataHeaderBytes(readDataHeader(datagram)!));
        expect(isGenuine(packet, secret)).toBe(true);
        // The hash does not cover type, version and source.
        const at = 4 + (place % (packet.length - 4));
        packet[at] ^= 1 << bit;
        expect(isGenuine(packet, secret)).toBe(false);
      }),
    );
  });
});
