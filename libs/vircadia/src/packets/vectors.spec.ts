import { describe, expect, it } from '@jest/globals';
import { bytesOf, CODING_VECTORS, hexOf, PACKET_VECTORS, VECTORS, type Vector } from '../../test/vectors.js';
import { VECTOR_FIELDS } from '../../test/vector-fields.js';
import { ByteReader } from '../coding/byte-reader.js';
import { ByteWriter } from '../coding/byte-writer.js';
import type { Codec } from '../coding/codec.js';
import { controlPacket, ControlType, readControlPacket } from '../transport/control-packet.js';
import { dataHeaderBytes, type DataHeader, readDataHeader, writeDataHeader } from '../transport/data-header.js';
import { obfuscated } from '../transport/obfuscation.js';
import { assetMappingReply } from './asset-mapping-operations.js';
import { messageParts } from './datagrams.js';
import { headerFault, isGenuine, nlHeaderBytes, packetSource, packetType, writeNlHeader } from './nl-header.js';
import { CODECS_TO_CLIENT, CODECS_TO_SERVER } from './packet-codecs.js';
import { PacketSecret } from './packet-secret.js';
import { PacketType, type PacketTypeName, PACKET_TYPES } from './packet-types.js';
import { WebPingReply } from './ping.js';

/** Fields of vectors that are not in the packet: parameters of the writer that made it, or words about it. */
const NOT_IN_PACKET = new Set([
  ...['udt', 'nl', 'payloadOffset', 'plain', 'piggyback', 'rest'],
  ...['dataDetail', 'lastSentTime', 'lastSentJointRotations', 'lastSentJointTranslations'],
  ...['traitStatuses', 'initialSend'],
]);

/**
 * Vectors that are not written again as they are: their third word of a quarter turn is 0xffff, which the web SDK's own
 * packer makes of a component just below the smallest, and which is 0 when we write it (trap 17).
 */
const WITH_TRAP: ReadonlyMap<string, string> = new Map([
  ['AvatarData detail MinimumData', 'bfff3fffffff'],
  ['AvatarData detail CullSmallData', 'bfff3fffffff'],
  ['AvatarData detail SendAllData', 'bfff3fffffff'],
]);

/** What the writer was given, but left out because little detail was asked for. */
const isLeftOut = ({ fields }: Vector, name: string): boolean => fields.dataDetail === 2 && name.startsWith('joint');

/** Parts of one message, which is read as a whole below. */
const isPart = ({ name }: Vector): boolean => name.includes('(multi-packet)');

const LOCAL_SECRET = new PacketSecret('00112233-4455-6677-8899-aabbccddeeff');

function codecOf({ packetType: type, direction }: Vector): Codec<unknown> {
  if (type === 'AssetMappingOperationReply') return assetMappingReply(0);
  if (type === 'PingReply') return WebPingReply;
  const codecs = (direction === 'client->server' ? CODECS_TO_SERVER : CODECS_TO_CLIENT) as Partial<
    Record<string, Codec<unknown>>
  >;
  const codec = codecs[type];
  if (!codec) throw new Error(`no codec for ${type} ${direction}`);
  return codec;
}

interface Opened {
  readonly header: DataHeader;
  readonly start: number;
  /** NL header and payload, in the clear. */
  readonly packet: Uint8Array;
}

function open(vector: Vector): Opened {
  const datagram = bytesOf(vector);
  const header = readDataHeader(datagram)!;
  const start = dataHeaderBytes(header);
  return { header, start, packet: obfuscated(datagram, header.obfuscation, start).subarray(start) };
}

/** Half angles are steps of 0.0055, and loudness is one of half a decibel; nothing else is off by a thousandth. */
const TOLERANCES: ReadonlyArray<readonly [path: string, share: number]> = [
  ['halfAngle', 0.0055],
  ['oudness', 0.03],
];

/** Numbers as exact as they were packed; names of types that vectors write otherwise. */
function expectFields(found: unknown, wanted: unknown, path: string): void {
  if (typeof wanted === 'number') {
    const tolerance = TOLERANCES.find(([name]) => path.includes(name))?.[1] ?? 1e-3;
    const sign = path.includes('/parentIndex') && wanted === -1 ? 65_536 : 0;
    expect([path, Math.abs(Number(found) - sign - wanted) <= tolerance * (1 + Math.abs(wanted))]).toEqual([path, true]);
  } else if (Array.isArray(wanted) && found !== null && typeof found === 'object' && !Array.isArray(found)) {
    expectFields(Object.values(found), wanted, path);
  } else if (Array.isArray(wanted)) {
    expect([path, Array.isArray(found)]).toEqual([path, true]);
    // Joints that are not told are null for the writer.
    const told = wanted.filter((item) => item !== null);
    told.forEach((item, index) => expectFields((found as unknown[])[index], item, `${path}/${index}`));
  } else if (wanted !== null && typeof wanted === 'object') {
    const keys = Object.keys(wanted);
    const quat = keys.join('') === 'xyzw' ? sameSign(found as Quat, wanted as Quat) : found;
    for (const key of keys) {
      expectFields((quat as Record<string, unknown>)[key], (wanted as Record<string, unknown>)[key], `${path}/${key}`);
    }
  } else if (found !== undefined && typeof found !== 'string' && typeof wanted === 'string') {
    expect([path, String(found)]).toEqual([path, wanted]);
  } else {
    expect([path, found]).toEqual([path, wanted]);
  }
}

type Quat = Record<'x' | 'y' | 'z' | 'w', number>;

/** A rotation is the same with all signs turned. */
function sameSign(found: Quat, wanted: Quat): Quat {
  const dot = found.x * wanted.x + found.y * wanted.y + found.z * wanted.z + found.w * wanted.w;
  return dot < 0 ? { x: -found.x, y: -found.y, z: -found.z, w: -found.w } : found;
}

describe('the 140 packets of the specification', () => {
  it('are all here', () => {
    expect(VECTORS).toHaveLength(140);
    // Control packets and packets are read and written here, the others in codings.spec.ts.
    const kinds = VECTORS.filter(({ direction }) => direction === 'both').length + PACKET_VECTORS.length;
    expect(kinds + CODING_VECTORS.length).toBe(140);
  });

  it.each(VECTORS.filter(({ direction }) => direction === 'both'))('$name is read and written', (vector) => {
    const type = ControlType[vector.packetType.slice('(control) '.length).replace('ACK', 'Ack') as 'Ack'];
    const sequence = Number(vector.fields.sequenceNumber ?? 0);
    expect(readControlPacket(bytesOf(vector))).toEqual({ type, sequence });
    expect(hexOf(controlPacket(type, sequence))).toBe(vector.hex);
  });

  it.each(PACKET_VECTORS)('$name: both headers', (vector) => {
    const { header, packet, start } = open(vector);
    const { udt, nl, payloadOffset } = vector.fields;
    expect(header.sequence).toBe(udt?.sequenceNumber);
    expect(headerFault(packet)).toBeUndefined();
    expect(packetType(packet)).toBe(PacketType[vector.packetType as PacketTypeName]);
    if (nl) {
      expect(header.isReliable).toBe(udt?.reliable);
      expect(header.message !== undefined).toBe(udt?.message);
      expect(packet[1]).toBe(nl.version);
      expect(packetSource(packet)).toBe(nl.sourceID);
      expect(start + nlHeaderBytes(packet[0])).toBe(payloadOffset);
    } else {
      expect(hexOf(packet)).toBe(String(vector.fields.plain).slice(8));
    }
    expect(isGenuine(packet, LOCAL_SECRET)).toBe(true);
    // Written again, over rubbish.
    const datagram = bytesOf(vector);
    const payloadStart = start + nlHeaderBytes(packet[0]);
    datagram.fill(0xaa, 0, payloadStart);
    datagram.set(packet.subarray(nlHeaderBytes(packet[0])), payloadStart);
    writeNlHeader(datagram.subarray(start), packet[0], { localId: packetSource(packet) ?? 0, secret: LOCAL_SECRET });
    writeDataHeader(datagram, header);
    expect(hexOf(obfuscated(datagram, header.obfuscation, start))).toBe(vector.hex);
  });

  it.each(PACKET_VECTORS.filter((vector) => !isPart(vector)))('$name: payload', (vector) => {
    const { packet } = open(vector);
    const payload = packet.subarray(nlHeaderBytes(packet[0]));
    const codec = codecOf(vector);
    const reader = new ByteReader(payload);
    const value = codec.read(reader);
    expect(reader.remainingBytes).toBe(0);
    const found = VECTOR_FIELDS[vector.packetType](value as never);
    for (const [name, wanted] of Object.entries(vector.fields)) {
      if (!NOT_IN_PACKET.has(name) && !isLeftOut(vector, name)) expectFields(found[name], wanted, name);
    }
    const writer = ByteWriter.into(new Uint8Array(1464));
    codec.write(writer, value);
    const trap = WITH_TRAP.get(vector.name);
    const mended = trap ? hexOf(payload).replace(trap, `${trap.slice(0, 8)}0000`) : hexOf(payload);
    expect(hexOf(writer.written())).toBe(mended);
  });

  it('MessagesData of several packets is read as a whole and divided again', () => {
    const parts = PACKET_VECTORS.filter(isPart);
    const payload = Buffer.concat(parts.map((vector) => open(vector).packet.subarray(20)));
    const message = CODECS_TO_SERVER.MessagesData.read(new ByteReader(payload));
    expect(message.channel).toBe('chat');
    expect(Buffer.from(message.data).toString()).toBe('x'.repeat(3000));
    const writer = ByteWriter.growing(10_000);
    CODECS_TO_SERVER.MessagesData.write(writer, message);
    const written = messageParts(PacketType.MessagesData, { localId: 0x1234, secret: LOCAL_SECRET }, writer.written());
    written.forEach((datagram, index) => writeDataHeader(datagram, open(parts[index]).header));
    expect(written.map(hexOf)).toEqual(parts.map(({ hex }) => hex));
  });
});

describe('the table of packet types', () => {
  it('has a codec for every type that web clients send or read', () => {
    const known = new Set([...Object.keys(CODECS_TO_SERVER), ...Object.keys(CODECS_TO_CLIENT)]);
    for (const { packetType: type } of PACKET_VECTORS) {
      if (type !== 'AssetMappingOperationReply') expect([type, known.has(type)]).toEqual([type, true]);
    }
    expect(PACKET_TYPES).toHaveLength(106);
  });
});
