import { describe, expect, it } from '@jest/globals';
import { SeededRandom, SimClock } from '@app/testing';
import {
  admitFrom,
  ByteReader,
  CODECS_TO_CLIENT,
  CODECS_TO_SERVER,
  Connection,
  type DomainConnectRequest,
  ipv4Socket,
  isOurSignature,
  NULL_UUID,
  type PacketIdentity,
  PacketSecret,
  PacketSender,
  packetType,
  PacketType,
  PACKET_TYPES,
  PROTOCOL_SIGNATURE,
  SocketType,
} from '../index.js';

// A domain server, a messages mixer and a client in a few lines each, over a network that loses every tenth datagram.

const CLIENT = '11111111-2222-3333-4444-555555555555';
const DOMAIN = 'fedcba98-7654-3210-0123-456789abcdef';
const SECRET = '00112233-4455-6677-8899-aabbccddeeff';
const nowhere = ipv4Socket(SocketType.WebRtc, '127.0.0.1', 0);

/** One end: reads with one table, writes with the other, and tells what came. */
class Peer<In, Out> {
  other: Peer<Out, In> | undefined;
  readonly heard: string[] = [];
  readonly sender: PacketSender<Out>;
  readonly connection: Connection;
  peer: PacketIdentity | undefined;
  private readonly reader = new ByteReader(new Uint8Array());

  constructor(
    private readonly clock: SimClock,
    random: SeededRandom,
    private readonly incoming: In,
    outgoing: Out,
    private readonly onPacket: (name: string, value: unknown) => void,
  ) {
    this.connection = new Connection(
      {
        transmit: (datagram) => {
          if (random.next() < 0.1) return;
          const copy = datagram.slice();
          clock.after(10, () => this.other?.connection.receive(copy, clock.nowMs()));
        },
        admit: (packet) => admitFrom(packet, this.peer),
        deliver: (packet, payloadOffset) => this.deliver(packet, payloadOffset),
        onSendingRestarted: () => undefined,
      },
      () => random.nextUint32() & 0x7ff_ffff,
    );
    this.sender = new PacketSender(this.connection, outgoing, { localId: 0 }, 200_000);
    clock.every(10, () => this.connection.tick(clock.nowMs()));
  }

  /** From now on both know each other. */
  meet(localId: number, peerLocalId: number): void {
    const secret = new PacketSecret(SECRET);
    this.sender.identity = { localId, secret };
    this.peer = { localId: peerLocalId, secret };
  }

  private deliver(packet: Uint8Array, payloadOffset: number): void {
    const { name } = PACKET_TYPES[packetType(packet)];
    const codec = (this.incoming as Record<string, { read(reader: ByteReader): unknown }>)[name];
    this.heard.push(name);
    this.onPacket(name, codec.read(this.reader.reset(packet, payloadOffset)));
  }

  get nowMs(): number {
    return this.clock.nowMs();
  }
}

const request: DomainConnectRequest = {
  connectId: NULL_UUID,
  protocolSignature: PROTOCOL_SIGNATURE,
  hardwareAddress: '',
  machineFingerprint: CLIENT,
  systemInfo: new Uint8Array(),
  reason: 0,
  previousUptimeUs: 0,
  currentTime: 1,
  ownerType: 'I',
  publicSocket: nowhere,
  localSocket: nowhere,
  interest: ['m'],
  placeName: '',
  username: '',
  usernameSignature: new Uint8Array(),
  domainUsername: undefined,
  domainTokens: undefined,
};

describe('servers and clients', () => {
  it('meet: a client is let in, signs what it says, and is answered', () => {
    const clock = new SimClock();
    const random = new SeededRandom(7);
    const said: string[] = [];
    const server = new Peer(clock, random, CODECS_TO_SERVER, CODECS_TO_CLIENT, (name, value) => {
      if (name === 'MessagesData') server.sender.send('MessagesData', value as never, server.nowMs);
      if (name !== 'DomainConnectRequest') return;
      expect(isOurSignature((value as DomainConnectRequest).protocolSignature)).toBe(true);
      const list = {
        domainId: DOMAIN,
        domainLocalId: 1,
        sessionId: CLIENT,
        localId: 7,
        permissions: 1,
        isAuthenticated: true,
        requestTime: 1,
        sentUs: 2,
        processingUs: 3,
        isNewConnection: true,
        nodes: [],
      };
      server.sender.send('DomainList', list, server.nowMs);
      server.meet(1, 7);
    });
    const client = new Peer(clock, random, CODECS_TO_CLIENT, CODECS_TO_SERVER, (name, value) => {
      if (name === 'MessagesData') said.push(Buffer.from((value as { data: Uint8Array }).data).toString());
      if (name !== 'DomainList' || client.peer) return;
      client.meet((value as { localId: number }).localId, 1);
      client.sender.send('MessagesSubscribe', 'chat', client.nowMs);
      const data = Buffer.from('x'.repeat(100_000));
      client.sender.send('MessagesData', { channel: 'chat', isText: true, data, senderId: CLIENT }, client.nowMs);
    });
    server.other = client;
    client.other = server;
    const asking = clock.every(1_000, () => {
      if (!client.peer) client.sender.send('DomainConnectRequest', request, client.nowMs);
    });
    clock.advance(60_000);
    asking.cancel();
    expect(said).toEqual(['x'.repeat(100_000)]);
    // A client whose list was lost has asked again.
    expect([...new Set(server.heard)]).toEqual(['DomainConnectRequest', 'MessagesSubscribe', 'MessagesData']);
    expect(server.connection.counts.refused + client.connection.counts.refused).toBe(0);
  });

  it('are told when something does not fit, and when too much is under way', () => {
    const clock = new SimClock();
    const client = new Peer(clock, new SeededRandom(1), CODECS_TO_CLIENT, CODECS_TO_SERVER, () => undefined);
    const message = { channel: 'chat', isText: false, senderId: CLIENT };
    expect(() => client.sender.send('MessagesData', { ...message, data: new Uint8Array(200_001) }, 0)).toThrow(
      '200000 bytes',
    );
    const send = () => client.sender.send('MessagesData', { ...message, data: new Uint8Array(190_000) }, 0);
    let count = 0;
    while (send()) count++;
    expect(count).toBe(Math.floor(1_024 / 133));
    expect(PacketType.MessagesData).toBe(57);
  });
});
