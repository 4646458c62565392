import { describe, expect, it } from '@jest/globals';
import { ByteReader } from '../coding/byte-reader.js';
import { ByteWriter } from '../coding/byte-writer.js';
import type { Codec } from '../coding/codec.js';
import { ipv4Socket, type SocketAddress, SocketType } from '../coding/socket-address.js';
import { NULL_UUID } from '../coding/uuid.js';
import { assetMappingReply, AssetMappingOperation } from './asset-mapping-operations.js';
import { AudioStreamStats } from './audio-stream-stats.js';
import { InjectAudio } from './audio-frames.js';
import { AvatarIdentities } from './avatar-identity.js';
import { BulkAvatarTraits, SetAvatarTraits, TraitOverride, TraitType } from './avatar-traits.js';
import {
  abandonSharedDatagrams,
  datagramOf,
  datagramToSendOnce,
  messageParts,
  partBytesMax,
  payloadBytesMax,
} from './datagrams.js';
import { PathQuery } from './domain-answers.js';
import { DomainConnectRequest } from './domain-check-in.js';
import { DOMAIN_LIST_HEADER_BYTES, DomainList, NODE_RECORD_BYTES } from './domain-list.js';
import { admitFrom, headerFault, type PacketIdentity } from './nl-header.js';
import { PacketSecret } from './packet-secret.js';
import { PacketType } from './packet-types.js';
import { PingReply, WebPingReply } from './ping.js';
import { readSkeletonData, writeSkeletonData } from './skeleton-data.js';
import { PACKED_IDENTITY } from '../coding/packed-quat.js';

// What no vector shows: what only native clients send, and sizes that clients insist on.

const ID = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
const ZERO = { x: 0, y: 0, z: 0 };

/** Bytes of a value, after checking that they are read as the same value. */
function sizeOf<Value>(codec: Codec<Value>, value: Value): number {
  const writer = ByteWriter.growing(100_000);
  codec.write(writer, value);
  const reader = new ByteReader(writer.written());
  expect(codec.read(reader)).toEqual(value);
  expect(reader.remainingBytes).toBe(0);
  return writer.offset;
}

const udp = ipv4Socket(SocketType.Udp, '192.168.1.20', 40_102);
const node = {
  type: 'M',
  id: ID,
  publicSocket: udp,
  localSocket: udp,
  permissions: 1,
  isReplicated: false,
  localId: 2,
  secret: ID,
};

describe('sizes that clients insist on', () => {
  it('are those of a DomainList', () => {
    const list = {
      domainId: ID,
      domainLocalId: 1,
      sessionId: ID,
      localId: 3,
      permissions: 0xffff_ffff,
      isAuthenticated: true,
      requestTime: 1_700_000_000_123,
      sentUs: 1,
      processingUs: 2,
      isNewConnection: false,
      nodes: [node, node, node],
    };
    expect(sizeOf(DomainList, list)).toBe(DOMAIN_LIST_HEADER_BYTES + 3 * NODE_RECORD_BYTES);
  });

  it('are those of packets and parts', () => {
    expect(payloadBytesMax(PacketType.MixedAudio)).toBe(1_440);
    expect(partBytesMax(PacketType.MessagesData)).toBe(1_432);
    const parts = messageParts(PacketType.MessagesData, { localId: 1 }, new Uint8Array(1_433));
    expect(parts.map(({ length }) => length)).toEqual([1_464, 33]);
    expect(messageParts(PacketType.MessagesSubscribe, { localId: 1 }, new Uint8Array())).toHaveLength(1);
  });

  it('are never exceeded', () => {
    const write = (count: number) => (writer: ByteWriter) => writer.zeros(count, 'all');
    expect(datagramOf(PacketType.MixedAudio, { localId: 1 }, write(1_440))).toHaveLength(1_464);
    expect(() => datagramOf(PacketType.MixedAudio, { localId: 1 }, write(1_441))).toThrow('all');
    expect(datagramToSendOnce(PacketType.MixedAudio, { localId: 1 }, write(1_440))).toHaveLength(1_464);
    expect(() => datagramToSendOnce(PacketType.MixedAudio, { localId: 1 }, write(1_441))).toThrow('all');
  });

  it('are the same where memory is shared, and nobody writes into another’s', () => {
    const make = (of: typeof datagramOf) =>
      Array.from({ length: 500 }, (_, index) =>
        of(PacketType.MixedAudio, { localId: 1 }, (writer) => writer.bytes(new Uint8Array(index).fill(index), 'all')),
      );
    const shared = make(datagramToSendOnce);
    expect(shared.map((datagram) => Uint8Array.from(datagram))).toEqual(make(datagramOf));
    expect(new Set(shared.map(({ buffer }) => buffer)).size).toBeLessThan(5);
  });

  it('use memory again, but for what somebody still needs', () => {
    const full = (value: number) =>
      datagramToSendOnce(PacketType.MixedAudio, { localId: 1 }, (writer) =>
        writer.bytes(new Uint8Array(1_440).fill(value), 'all'),
      );
    const used = new Set<ArrayBufferLike>(Array.from({ length: 30_000 }, () => full(1).buffer));
    expect(used.size).toBeLessThanOrEqual(257);
    const needed = full(2);
    abandonSharedDatagrams();
    const others = new Set<ArrayBufferLike>(Array.from({ length: 30_000 }, () => full(3).buffer));
    expect(others.has(needed.buffer)).toBe(false);
    expect(needed.subarray(24)).toEqual(new Uint8Array(1_440).fill(2));
  });
});

describe('headers', () => {
  it('of no type are refused, and of other versions', () => {
    expect(headerFault(new Uint8Array(1))).toBe('too-short');
    expect(headerFault(Uint8Array.of(0, 22, ...new Uint8Array(18)))).toBe('unknown-type');
    expect(headerFault(Uint8Array.of(106, 22, ...new Uint8Array(18)))).toBe('unknown-type');
    expect(headerFault(Uint8Array.of(PacketType.Ping, 17, ...new Uint8Array(18)))).toBe('wrong-version');
    expect(headerFault(Uint8Array.of(PacketType.Ping, 18, ...new Uint8Array(17)))).toBe('too-short');
    expect(headerFault(Uint8Array.of(PacketType.Ping, 18, ...new Uint8Array(18)))).toBeUndefined();
    expect(headerFault(Uint8Array.of(PacketType.DomainList, 25))).toBeUndefined();
  });
});

describe('whoever sends', () => {
  const secret = new PacketSecret(ID);
  const packetOf = (type: number, identity: PacketIdentity) =>
    datagramOf(type, identity, (writer) => writer.zeros(17, 'all')).subarray(4);

  it('is admitted when it is who it should be, with the right hash', () => {
    const ping = packetOf(PacketType.Ping, { localId: 300, secret });
    expect(admitFrom(ping, { localId: 300, secret })).toBe(20);
    expect(admitFrom(ping, { localId: 300 })).toBe(20);
    expect(admitFrom(ping, { localId: 301, secret })).toBe(-1);
    expect(admitFrom(ping, { localId: 300, secret: new PacketSecret(NULL_UUID) })).toBe(-1);
    expect(admitFrom(packetOf(PacketType.Ping, { localId: 300 }), { localId: 300, secret })).toBe(-1);
  });

  it('is admitted before anybody is known with types that do not say whose they are', () => {
    expect(admitFrom(packetOf(PacketType.DomainConnectRequest, { localId: 0 }), undefined)).toBe(2);
    expect(admitFrom(packetOf(PacketType.DomainListRequest, { localId: 0 }), undefined)).toBe(-1);
    expect(admitFrom(packetOf(PacketType.Ping, { localId: 0 }), undefined)).toBe(-1);
    expect(admitFrom(new Uint8Array(), undefined)).toBe(-1);
  });
});

describe('native clients', () => {
  const request = {
    connectId: NULL_UUID,
    protocolSignature: Uint8Array.of(1, 2),
    hardwareAddress: null,
    machineFingerprint: ID,
    systemInfo: Uint8Array.of(0, 0, 0, 0),
    reason: 2,
    previousUptimeUs: 3,
    currentTime: 1_700_000_000_123_456,
    ownerType: 'I',
    interest: ['M', 'W', 'o', 'm', 'A', 'S'],
    placeName: null,
    username: null,
    usernameSignature: null,
    domainUsername: undefined,
    domainTokens: undefined,
  };
  const sockets: SocketAddress[] = [
    udp,
    { type: SocketType.Udp, host: { kind: 'any' }, port: 0 },
    { type: SocketType.Unknown, host: { kind: 'null' }, port: 0 },
    { type: SocketType.Udp, host: { kind: 'ipv6', address: new Uint8Array(16).fill(9), scope: 'eth0' }, port: 1 },
  ];

  it.each(sockets)('say where they are in several ways: $host.kind', (socket) => {
    sizeOf(DomainConnectRequest, { ...request, publicSocket: socket, localSocket: udp });
  });

  it('may append what later revisions know', () => {
    const writer = ByteWriter.growing(1_000);
    const tokens = { domainUsername: 'bob', domainTokens: 'a:b' };
    DomainConnectRequest.write(writer, { ...request, publicSocket: udp, localSocket: udp, ...tokens });
    writer.u32(7, 'later');
    expect(DomainConnectRequest.read(new ByteReader(writer.written()))).toMatchObject(tokens);
  });

  it('write the times of a PingReply the other way round', () => {
    const reply = { type: 2, pingUs: 1_700_000_000_123_456, replyUs: 1_700_000_000_200_000 };
    expect([sizeOf(PingReply, reply), sizeOf(WebPingReply, reply)]).toEqual([17, 17]);
  });

  it('play sounds', () => {
    sizeOf(InjectAudio, {
      sequence: 1,
      codec: 'opus',
      streamId: ID,
      isStereo: true,
      isLoopback: false,
      position: ZERO,
      orientation: { ...ZERO, w: 1 },
      boxCorner: ZERO,
      boxScale: ZERO,
      radius: 2,
      volume: 195,
      ignoresPenumbra: true,
      audio: Uint8Array.of(1, 2, 3),
    });
  });

  it('tell how sound arrives, in structures of 152 bytes', () => {
    const counters = { received: 1, unreasonable: 2, early: 3, late: 4, lost: 5, recovered: 6, expected: 7 };
    const gaps = { minUs: 0xffff_ffff_ffff_ffffn, maxUs: 0n, averageUs: 1.5 };
    const stats = {
      streamType: -1,
      streamId: new Uint8Array(16).fill(7),
      gaps,
      windowGaps: gaps,
      framesAvailable: 1,
      framesAvailableAverage: 2,
      unplayedMs: 3,
      desiredJitterFrames: 4,
      starveCount: 5,
      consecutiveNotMixed: 6,
      overflowCount: 7,
      framesDropped: 8,
      total: counters,
      window: counters,
    };
    expect(sizeOf(AudioStreamStats, { flags: 0xc0, streams: [stats, stats] })).toBe(3 + 2 * 152);
    const writer = ByteWriter.growing(1_000);
    AudioStreamStats.write(writer, { flags: 0, streams: [stats] });
    const view = new DataView(writer.written().buffer, 3);
    // Places of the specification's table.
    expect([view.getInt32(0, true), view.getFloat32(40, true), view.getUint32(68, true)]).toEqual([-1, 1.5, 1]);
    expect([view.getUint16(76, true), view.getUint32(80, true), view.getUint32(96, true)]).toEqual([4, 5, 1]);
  });

  it('wear attachments, as old ones did', () => {
    const attachment = {
      url: Uint8Array.of(104),
      joint: 'Head',
      translation: ZERO,
      rotation: { ...ZERO, w: 1 },
      scale: 1,
      isSoft: false,
    };
    const names = { displayName: 'Zoë 🙂', sessionDisplayName: '' };
    sizeOf(AvatarIdentities, [{ sessionId: ID, sequence: 1, attachments: [attachment], ...names, flags: 2 }]);
  });
});

describe('web clients', () => {
  it('may ask for a path with more bytes than they say', () => {
    expect(PathQuery.read(new ByteReader(Uint8Array.of(3, 0, 0x2f, 0x5a, 0xc3, 0xb6)))).toBe('/Zö');
    expect(() => PathQuery.read(new ByteReader(Uint8Array.of(3, 0, 0x2f)))).toThrow('path');
    sizeOf(PathQuery, '/Zö');
  });
});

describe('traits', () => {
  const entity = { type: TraitType.AvatarEntity, instanceId: ID, data: Uint8Array.of(1) };
  const deleted = { type: TraitType.Grab, instanceId: ID, data: undefined };
  const url = { type: TraitType.SkeletonModelUrl, instanceId: undefined, data: Uint8Array.of() };

  it('are simple, instanced or deleted', () => {
    sizeOf(SetAvatarTraits, { version: 3, traits: [url, entity, deleted] });
    const traits = [url, entity, deleted].map((trait) => ({ ...trait, version: -4 }));
    sizeOf(BulkAvatarTraits, {
      sequence: 1,
      avatars: [
        { id: ID, traits },
        { id: ID, traits: [] },
      ],
    });
    sizeOf(TraitOverride, { ...url, version: 5 });
  });

  it('of a type that nobody knows are refused, because nobody knows how long they are', () => {
    expect(() => SetAvatarTraits.read(new ByteReader(Uint8Array.of(1, 0, 0, 0, 9, 0, 0)))).toThrow('trait type');
    expect(() => SetAvatarTraits.read(new ByteReader(Uint8Array.of(1, 0, 0, 0, 0, 0xfe, 0xff)))).toThrow('trait size');
    expect(() =>
      SetAvatarTraits.write(ByteWriter.growing(100_000), {
        version: 1,
        traits: [{ type: 0, data: new Uint8Array(32_768) }],
      }),
    ).toThrow('32767');
  });

  it('of a skeleton have the names of its joints in a table', () => {
    const joint = { boneType: 1, translation: ZERO, rotation: PACKED_IDENTITY, scale: 10 };
    const joints = ['Hips', 'Zoë'].map((name, jointIndex) => ({ ...joint, name, jointIndex, parentIndex: 65_535 }));
    const skeleton = { translationMax: 1, scaleMax: 2, joints };
    const bytes = writeSkeletonData(skeleton);
    expect(bytes).toHaveLength(11 + 2 * 22 + 8);
    expect(readSkeletonData(bytes)).toEqual(skeleton);
    bytes[11] = 200;
    expect(() => readSkeletonData(bytes)).toThrow('outside the string table');
  });
});

describe('paths of assets', () => {
  const hash = 'ab'.repeat(32);

  it('are asked for, set, deleted and renamed', () => {
    const paths = ['/a', '/b/'];
    const requests = [
      { operation: 0, path: '/a' },
      { operation: 1 },
      { operation: 2, path: '/a', hash },
      { operation: 3, paths },
      { operation: 4, oldPath: '/a', newPath: '/b' },
      { operation: 5, isEnabled: true, paths },
    ] as const;
    for (const request of requests) sizeOf(AssetMappingOperation, { messageId: 9, request });
    expect(() => AssetMappingOperation.read(new ByteReader(Uint8Array.of(1, 0, 0, 0, 6)))).toThrow('operation');
  });

  it('are answered by what was asked', () => {
    const assets = [
      { path: '/a', hash, baking: 0, bakingError: undefined },
      { path: '/b', hash, baking: 5, bakingError: 'no such texture' },
    ];
    sizeOf(assetMappingReply(0), { messageId: 1, error: 0, result: { operation: 0, hash, redirectedPath: '/c' } });
    sizeOf(assetMappingReply(1), { messageId: 1, error: 0, result: { operation: 1, assets } });
    sizeOf(assetMappingReply(2), { messageId: 1, error: 0, result: { operation: 2 } });
    sizeOf(assetMappingReply(0), { messageId: 1, error: 1, result: undefined });
  });
});
