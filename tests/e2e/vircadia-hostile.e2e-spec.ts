import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { SeededRandom } from '@app/testing';
import {
  CODECS_TO_SERVER,
  DATA_HEADER_BYTES,
  MESSAGE_HEADER_BYTES,
  MessagePosition,
  NodeType,
  NULL_UUID,
  PACKET_BYTES_MAX,
  PacketSecret,
  PacketType,
  type PacketTypeName,
  PROTOCOL_SIGNATURE,
  SocketType,
  controlPacket,
  datagramOf,
  ipv4Socket,
  messageParts,
  writeDataHeader,
} from '@app/vircadia';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { bytesOf, PACKET_VECTORS } from '../../libs/vircadia/test/vectors.js';
import { Domain, type DomainMember } from './support/domain.js';
import { countDrops, untilDrops } from './support/drops.js';
import { flood, type FloodReport, StrangerSocket } from './support/flood.js';
import { NativeClient, nativesLeave } from './support/native-client.js';
import { toneLevelDb } from './support/tone.js';
import { within } from './support/within.js';

const ADA_HZ = 440;
/** Resident memory that no role may reach, whatever is sent to it, in MiB. They begin with about 100. */
const RSS_MIB_MAX = 400;
/** Of 10 ms frames that Ben should get, while others do what they can. */
const MISSING_SHARE_MAX = 0.03;
/** Of what Ben hears of Ada, and what was not late already when it left this process, which does more than that. */
const QUIET_SHARE_MAX = 0.15;
/** So long Ben may hear nothing, where this process and the flood share two cores with the server, in ms. */
const GAP_MS_MAX = 600;
/** Bytes sent to somebody who has proven nothing, for each one received. */
const AMPLIFICATION_MAX = 3;
/** Of /proc. */
const CPU_TICK_MS = 10;
const FLOOD_PER_SECOND = Number(process.env.FLOOD_PER_SECOND ?? 50_000);
const FLOOD_MS = Number(process.env.FLOOD_MS ?? 2_000);

const random = new SeededRandom(50);
const sleep = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));
const noise = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, () => random.nextUint32() & 0xff);

/** A datagram as a client makes it, unreliable. */
function packetOf(name: PacketTypeName, payload: Uint8Array, localId = 0, secret?: PacketSecret): Uint8Array {
  return datagramOf(PacketType[name], { localId, secret }, (writer) => writer.bytes(payload, 'payload'));
}

/** Another header in front. */
function withHeader(datagram: Uint8Array, header: Partial<Parameters<typeof writeDataHeader>[1]>): Uint8Array {
  writeDataHeader(datagram, { isReliable: false, obfuscation: 0, sequence: 1, message: undefined, ...header });
  return datagram;
}

/** The payload of a real packet with other bytes at these places. */
function vectorOf(name: PacketTypeName, changes: ReadonlyArray<readonly [at: number, value: number]>): Uint8Array {
  const vector = PACKET_VECTORS.find(({ packetType }) => packetType === name)!;
  const payload = bytesOf(vector).slice(vector.fields.payloadOffset);
  for (const [at, value] of changes) payload[at % payload.length] = value;
  return payload;
}

function lengthAndText(text: string): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
}

function connectRequest(): Uint8Array {
  const socket = ipv4Socket(SocketType.Udp, '127.0.0.1', 1_000);
  const request = {
    connectId: NULL_UUID,
    protocolSignature: PROTOCOL_SIGNATURE,
    hardwareAddress: null,
    machineFingerprint: randomUUID(),
    systemInfo: new Uint8Array(0),
    reason: 0,
    previousUptimeUs: 0,
    currentTime: 1,
    ownerType: NodeType.Agent,
    publicSocket: socket,
    localSocket: socket,
    interest: [NodeType.AudioMixer, NodeType.AvatarMixer, NodeType.EntityServer, NodeType.MessagesMixer],
    placeName: '',
    username: '',
    usernameSignature: new Uint8Array(0),
    domainUsername: undefined,
    domainTokens: undefined,
  };
  const type = PacketType.DomainConnectRequest;
  return datagramOf(type, { localId: 0 }, (writer) => CODECS_TO_SERVER.DomainConnectRequest.write(writer, request));
}

/** Of which part of the time a voice that never stops is not heard: pieces of 10 ms that are far below the others. */
function quietShareOf(samples: Float32Array): number {
  const piece = 480;
  const powers = Array.from({ length: Math.floor(samples.length / piece) }, (_, index) =>
    samples.subarray(index * piece, (index + 1) * piece).reduce((sum, sample) => sum + sample ** 2, 0),
  );
  const usual = [...powers].sort((a, b) => a - b)[powers.length >> 1];
  return powers.filter((power) => power < usual / 10).length / Math.max(1, powers.length);
}

describe('A domain among hostile clients of Vircadia', () => {
  let domain: Domain;
  let ada: NativeClient;
  let ben: NativeClient;
  let members: DomainMember[];
  let strangers: StrangerSocket[] = [];
  /** How it went for Ben while somebody did something. */
  let lastHeard = { frames: 0, missing: 0, longestMs: 0, quietShare: 0, lateShare: 0 };

  const portOf = (type: string): number => domain.portBase + 2 + (type === 'D' ? 0 : 2 + 'MWomAS'.indexOf(type));
  const enter = (name: string, toneHz?: number): Promise<NativeClient> =>
    NativeClient.enter({ name, port: portOf('D'), at: [name.length, 0, 0], toneHz });
  const stranger = async (address?: string): Promise<StrangerSocket> => {
    const socket = await StrangerSocket.open(address);
    strangers.push(socket);
    return socket;
  };
  /** Processor time of the gateway so far. */
  const gatewayCpuMs = (): number => {
    const { pid } = members.find(({ role }) => role === 'gateway')!;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * CPU_TICK_MS;
  };
  const memberIds = (list: DomainMember[]): string[] =>
    list.map(({ instanceId, pid }) => `${instanceId} ${pid}`).sort();

  beforeAll(async () => {
    domain = await Domain.start();
    [ada, ben] = await Promise.all([enter('Ada', ADA_HZ), enter('Ben')]);
    await ben.listen(500);
    members = await domain.members();
  }, 60_000);

  /** Whatever is tried: Ben hears Ada all the while, and no process noticed. */
  const untroubled = async (attack: () => Promise<void>): Promise<void> => {
    for (const client of [ada, ben]) client.forgetGaps();
    const endRecording = ben.record();
    await attack();
    const { frames, missing, longestMs } = ben.gaps;
    const { left } = endRecording();
    const lateShare = ada.voice.late / Math.max(1, ada.voice.frames);
    lastHeard = { frames, missing, longestMs: Math.round(longestMs), quietShare: quietShareOf(left), lateShare };
    expect(toneLevelDb(left, ADA_HZ)).toBeGreaterThan(-40);
    expect(missing).toBeLessThanOrEqual(MISSING_SHARE_MAX * frames);
    expect(lastHeard.quietShare).toBeLessThanOrEqual(2 * lateShare + QUIET_SHARE_MAX);
    expect(longestMs).toBeLessThan(GAP_MS_MAX);
  };

  afterEach(async () => {
    for (const socket of strangers) socket.close();
    strangers = [];
    const lostCounts = [ada, ben].map(({ lostCount }) => lostCount);
    // What has gone wrong in one test is not held against the next.
    for (const client of [ada, ben]) client.lostCount = 0;
    expect(lostCounts).toEqual([0, 0]);
    const present = await domain.members();
    expect(memberIds(present)).toEqual(memberIds(members));
    for (const { role, pid } of present) {
      const rssKib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
      expect({ role, isBounded: rssKib / 1_024 < RSS_MIB_MAX }).toEqual({ role, isBounded: true });
    }
    expect(domain.log.split('\n').filter((line) => / (error|fatal): /.test(line))).toEqual([]);
    expect(await countDrops(domain, 'vircadia-translation-failed')).toBe(0);
    expect(await countDrops(domain, 'vircadia-failed')).toBe(0);
  }, 20_000);

  afterAll(async () => {
    nativesLeave();
    await domain?.stop();
  }, 40_000);

  it('does not take packets for those of a client that somebody else has made, or sent again', async () => {
    const mallory = await stranger('127.0.0.9');
    const before = await countDrops(domain, 'vircadia-not-genuine');
    await untroubled(async () => {
      const forger = new PacketSecret(randomUUID());
      const overheard: Array<{ datagram: Uint8Array; port: number }> = [];
      ada.onTransmit = (datagram, port) => void overheard.push({ datagram: datagram.slice(), port });
      // Long enough for a ping to each node.
      await sleep(1_200);
      ada.onTransmit = undefined;
      expect(new Set(overheard.map(({ port }) => port)).size).toBe(7);
      for (let round = 0; round < 200; round++) {
        // Ada's number with another secret, and what Ada herself has sent.
        mallory.send(packetOf('MicrophoneAudioNoEcho', noise(600), ada.localId, forger), portOf('M'));
        mallory.send(packetOf('AvatarData', noise(100), ada.localId, forger), portOf('W'));
        mallory.send(packetOf('DomainDisconnectRequest', noise(0), ada.localId), portOf('D'));
        mallory.send(packetOf('DomainListRequest', noise(37), ada.localId), portOf('D'));
        if (round % 20 === 0) await sleep(10);
      }
      // Most nodes hear nothing but a ping each second: in between somebody else could have moved there.
      for (let round = 0; round < 20; round++) {
        for (const { datagram, port } of overheard) if (port !== portOf('D')) mallory.send(datagram, port);
        await sleep(100);
      }
    });
    // Not a word of what is for Ada.
    expect(mallory.receivedBytes).toBe(0);
    await untilDrops(domain, 'vircadia-not-genuine', before + 300);
  }, 20_000);

  it('drops what is no packet, or not for now, from somebody who has come in', async () => {
    const mallory = await enter('Mallory');
    await untroubled(async () => {
      for (const type of 'DMWomAS') {
        const port = portOf(type);
        for (let bytes = 0; bytes < 80; bytes++) mallory.transmitTo(noise(bytes), port);
        for (const bytes of [PACKET_BYTES_MAX + 1, 4_000, 9_000]) mallory.transmitTo(noise(bytes), port);
        for (const control of [0, 1, 2, 3, 4, 9, 0x7fff]) {
          const sequence = random.nextUint32() & 0x7ff_ffff;
          mallory.transmitTo(controlPacket(control as never, sequence), port);
        }
      }
      const secret = mallory.secretOf(NodeType.MessagesMixer)!;
      const line = (): Uint8Array =>
        packetOf('MessagesSubscribe', Buffer.from('\x04\0\0\0Chat'), mallory.localId, secret);
      for (let round = 0; round < 300; round++) {
        const sequence = random.nextUint32() & 0x7ff_ffff;
        mallory.transmitTo(withHeader(line(), { isReliable: true, sequence }), portOf('m'));
        mallory.transmitTo(withHeader(line(), { isReliable: true, sequence, obfuscation: round % 4 }), portOf('m'));
        const wrongVersion = line();
        wrongVersion[DATA_HEADER_BYTES + 1] ^= 1;
        mallory.transmitTo(wrongVersion, portOf('m'));
      }
      await sleep(500);
    });
    for (const reason of ['malformed', 'refused', 'too-far']) await untilDrops(domain, `vircadia-${reason}`, 100);
    await mallory.until('is still here', () => mallory.lostCount === 0 && mallory.node('M') !== undefined);
    mallory.leave();
  }, 20_000);

  it('believes no count and no length in a packet of any type', async () => {
    const mallory = await enter('Mallory');
    await untroubled(async () => {
      for (const name of Object.keys(CODECS_TO_SERVER) as PacketTypeName[]) {
        for (const type of 'MWomAS') {
          const secret = mallory.secretOf(type);
          for (const [index, fill] of [0xff, 0x7f, 0x00, 0xfe].entries()) {
            const payload = new Uint8Array(4 + 300 * index).fill(fill);
            mallory.transmitTo(packetOf(name, payload, mallory.localId, secret), portOf(type));
          }
        }
        await sleep(5);
      }
      // 4 GB of text for everybody, in one packet and in several.
      const huge = Buffer.concat([Buffer.from('\x04\0Chat\x01\xff\xff\xff\xff', 'latin1'), noise(3_000)]);
      const link = mallory.node(NodeType.MessagesMixer)!;
      const identity = { localId: mallory.localId, secret: mallory.secretOf(NodeType.MessagesMixer) };
      const nowMs = performance.now();
      for (let round = 0; round < 20; round++) {
        link.connection.sendMessage(messageParts(PacketType.MessagesData, identity, huge), nowMs);
      }
      mallory.transmitTo(
        packetOf('MessagesData', huge.subarray(0, 1_400), mallory.localId, identity.secret),
        portOf('m'),
      );
      await sleep(500);
    });
    await mallory.until('is still here', () => mallory.lostCount === 0 && mallory.node('M') !== undefined);
    mallory.leave();
  }, 20_000);

  it('keeps no more of messages that never end than it may', async () => {
    const mallory = await enter('Mallory');
    await untroubled(async () => {
      for (const [type, name] of [
        ['m', 'MessagesData'],
        ['W', 'SetAvatarTraits'],
        ['o', 'EntityAdd'],
        ['A', 'AssetUpload'],
      ] as const) {
        const secret = mallory.secretOf(type);
        const [part] = messageParts(PacketType[name], { localId: mallory.localId, secret }, noise(1_400));
        let sequence = 1_000;
        mallory.transmitTo(controlPacket(1, sequence), portOf(type));
        for (let number = 0; number < 800; number++) {
          const position = number % 4 === 3 ? MessagePosition.Middle : MessagePosition.First;
          const message = {
            position,
            number: position === MessagePosition.Middle ? number - 1 : number,
            part: number % 4 === 3 ? 1 : 0,
          };
          mallory.transmitTo(
            withHeader(part.slice(), { isReliable: true, sequence: sequence++, message }),
            portOf(type),
          );
          if (number % 100 === 0) await sleep(20);
        }
        expect(part.length).toBeGreaterThan(MESSAGE_HEADER_BYTES);
      }
      await sleep(300);
    });
    mallory.leave();
  }, 20_000);

  it('answers who only knocks with at most three times what it got, and forgets them', async () => {
    await untroubled(async () => {
      const knockers = await Promise.all(Array.from({ length: 40 }, (_, index) => stranger(`127.0.1.${1 + index}`)));
      for (let round = 0; round < 3; round++) {
        for (const knocker of knockers) {
          knocker.send(connectRequest(), portOf('D'));
          for (const type of 'MWomAS') knocker.send(packetOf('Ping', noise(17), 300), portOf(type));
        }
        await sleep(400);
      }
      await sleep(1_200);
      for (const { sentBytes, receivedBytes } of knockers) {
        expect(receivedBytes).toBeGreaterThan(0);
        expect(receivedBytes).toBeLessThanOrEqual(AMPLIFICATION_MAX * sentBytes);
      }
      const sum = (of: (one: StrangerSocket) => number): number => knockers.reduce((all, one) => all + of(one), 0);
      const factor = sum(({ receivedBytes }) => receivedBytes) / sum(({ sentBytes }) => sentBytes);
      console.log(`Who only knocks gets ${factor.toFixed(2)} bytes for each one sent.`);
    });
  }, 20_000);

  it('lets people in while twenty-five thousand others knock and never come', async () => {
    const sources = Array.from({ length: 200 }, (_, index) => `127.0.2.${1 + index}`);
    const datagrams = Array.from({ length: 500 }, connectRequest);
    const knocking = { ports: [portOf('D')], datagrams, perSecond: 5_000, isFromEverywhere: true };
    await untroubled(async () => {
      const done = flood({ ...knocking, sources, durationMs: 5_000 });
      await sleep(200);
      const newcomer = await enter('Newcomer');
      console.log(`Knocks: ${JSON.stringify(await done)}`);
      newcomer.leave();
    });
    for (const reason of ['knocks', 'pending']) await untilDrops(domain, `vircadia-${reason}`, 100);
  }, 30_000);

  it('ends WebSockets that flood, and answers the others, whatever they say', async () => {
    const open = async (): Promise<WebSocket> => {
      const socket = new WebSocket(`ws://127.0.0.1:${portOf('D')}/anywhere`);
      socket.on('error', () => undefined);
      await within(5_000, 'A socket opens', new Promise<void>((resolve) => socket.once('open', () => resolve())));
      return socket;
    };
    const closed = (socket: WebSocket): Promise<void> =>
      within(5_000, 'It is closed', new Promise<void>((resolve) => socket.once('close', () => resolve())));
    const offer = (to: string, sdp: string): string =>
      JSON.stringify({ to, data: { description: { type: 'offer', sdp } } });
    await untroubled(async () => {
      const wrong = ['', 'null', '[[[', '{"to":"D"}', '{"to":["D"]}', '{"to":"X","echo":1}', '['.repeat(20_000)];
      const polite = await open();
      for (const text of [
        ...wrong,
        offer('D', 'v=0'),
        offer('M', 'x'.repeat(10_000)),
        offer('D', 'a=\r\n'.repeat(2_000)),
      ])
        polite.send(text);
      polite.send(noise(2_000));
      const asking = await open();
      asking.send(JSON.stringify({ to: 'D', echo: 'still there?' }));
      const answered = new Promise<string>((resolve) => asking.once('message', (data) => resolve(String(data))));
      expect(JSON.parse(await within(5_000, 'An echo comes', answered))).toEqual({ from: 'D', echo: 'still there?' });
      const [shouter, offerer, giant] = [await open(), await open(), await open()];
      const ends = [shouter, offerer, giant].map(closed);
      for (let count = 0; count < 700; count++) shouter.send('{}');
      for (let count = 0; count < 40; count++) offerer.send(offer('D', `v=0\r\ns=${count}\r\n`));
      giant.send(Buffer.alloc(2_000_000));
      await Promise.all(ends);
      // Who says nothing keeps nobody out.
      const silent = await Promise.all(Array.from({ length: 100 }, open));
      const last = await open();
      for (const socket of [...silent, polite, asking, last]) socket.terminate();
    });
    for (const reason of ['signal-malformed', 'signal-rate']) await untilDrops(domain, `vircadia-${reason}`, 1);
  }, 20_000);

  it('is not held up by who says all that is allowed as often as possible', async () => {
    const mallory = await enter('Mallory');
    const floods: Array<[type: string, name: PacketTypeName, make: (round: number) => Uint8Array]> = [
      ['o', 'EntityQuery', (round) => vectorOf('EntityQuery', [[0, round]])],
      ['o', 'EntityAdd', (round) => vectorOf('EntityAdd', [[40, round]])],
      ['m', 'MessagesSubscribe', (round) => lengthAndText(`channel ${round}`)],
      ['m', 'MessagesUnsubscribe', (round) => lengthAndText(`channel ${round - 1}`)],
      ['W', 'AvatarData', (round) => vectorOf('AvatarData', [[0, round]])],
      ['W', 'AvatarIdentity', (round) => vectorOf('AvatarIdentity', [[19, round]])],
      ['W', 'SetAvatarTraits', (round) => vectorOf('SetAvatarTraits', [[0, round]])],
      ['M', 'NegotiateAudioFormat', (round) => vectorOf('NegotiateAudioFormat', round % 2 ? [[0, 0]] : [])],
      ['M', 'InjectAudio', (round) => vectorOf('MicrophoneAudioNoEcho', [[0, round]])],
      ['A', 'AssetGet', (round) => vectorOf('AssetGet', [[0, round]])],
      ['A', 'AssetMappingOperation', (round) => vectorOf('AssetMappingOperation', [[0, round]])],
    ];
    await untroubled(async () => {
      for (const [type, name, make] of floods) {
        const secret = mallory.secretOf(type);
        for (let round = 0; round < 600; round++) {
          mallory.transmitTo(packetOf(name, make(round), mallory.localId, secret), portOf(type));
          if (round % 100 === 99) await sleep(30);
        }
      }
    });
    mallory.leave();
  }, 20_000);

  it('answers no flood of path queries, and lets who sends one be', async () => {
    const mallory = await enter('Mallory');
    await untroubled(async () => {
      let sequence = 5;
      mallory.transmitTo(controlPacket(1, sequence), portOf('D'));
      for (let round = 0; round < 50; round++) {
        for (let count = 0; count < 200; count++) {
          const query = packetOf('DomainServerPathQuery', Buffer.from(count % 2 ? '\x01\0/' : '\x05\0/nope', 'latin1'));
          mallory.transmitTo(withHeader(query, { isReliable: true, sequence: sequence++ }), portOf('D'));
        }
        await sleep(10);
      }
    });
    await untilDrops(domain, 'vircadia-rate', 100);
    mallory.leave();
  }, 20_000);

  it.each([
    ['one address', ['127.0.0.1']],
    ['many addresses', Array.from({ length: 100 }, (_, index) => `127.0.3.${1 + index}`)],
  ])(
    'carries on through a flood of garbage from %s',
    async (_, sources) => {
      const ports = ['D', ...'MWomAS'].map(portOf);
      const garbage = Array.from({ length: 200 }, (__, index) => noise(1 + ((index * 37) % 1_400)));
      // What looks like packets of clients is looked at more closely.
      const alike = [...'MWm'].flatMap(() => [
        packetOf('MicrophoneAudioNoEcho', noise(500), ada.localId, new PacketSecret(randomUUID())),
        packetOf('AvatarData', noise(200), ben.localId, new PacketSecret(randomUUID())),
      ]);
      let reached: FloodReport | undefined;
      let cpuMs = 0;
      await untroubled(async () => {
        const datagrams = [...garbage, ...alike, ...alike];
        const before = gatewayCpuMs();
        reached = await flood({ ports, sources, datagrams, perSecond: FLOOD_PER_SECOND, durationMs: FLOOD_MS });
        cpuMs = gatewayCpuMs() - before;
      });
      const cpuUsEach = Math.round((1_000 * cpuMs) / reached!.sent);
      console.log(`Garbage: ${JSON.stringify({ ...reached, cpuUsEach, ...lastHeard })}`);
      await untilDrops(domain, 'vircadia-stranger', 1_000);
    },
    30_000,
  );

  it('says what was dropped', async () => {
    const names = ['stranger', 'not-genuine', 'knocks', 'pending', 'malformed', 'refused', 'too-far', 'rate'];
    const counts = await Promise.all(names.map((name) => countDrops(domain, `vircadia-${name}`)));
    console.log(`Dropped: ${names.map((name, index) => `${name} ${counts[index]}`).join(', ')}`);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });
});
