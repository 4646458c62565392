import type { Clock } from '@app/clock';
import {
  AUDIO_FRAME_MS,
  ByteReader,
  CODECS_TO_CLIENT,
  CODECS_TO_SERVER,
  Connection,
  type ConnectionOwner,
  ipv4Socket,
  NodeType,
  PACKET_TYPES,
  PacketSecret,
  PacketSender,
  PacketType,
  admitFrom,
  SocketType,
} from '@app/vircadia';
import type { OpenSocket } from '../src/bots/bot-surroundings.js';

const HOST = '127.0.0.1';
const DOMAIN_PORT = 40_102;
const NODES = [NodeType.AudioMixer, NodeType.AvatarMixer, NodeType.MessagesMixer, NodeType.EntityServer];
const FIRST_CLIENT_PORT = 50_000;
const FIRST_LOCAL_ID = 10;
const STEREO_FRAME_BYTES = 960;
const uuid = (kind: number, number: number): string =>
  `0000000${kind}-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

/**
 * A domain of old for bots, in this process and on a network in memory: it lets everybody in, mixes samples as they are
 * (or hands one Opus voice on), and tells avatars and messages on. Nothing in it is ours but libs/vircadia.
 */
export class FakeVircadia {
  readonly clients = new Map<number, FakeClient>();
  /** Says nothing any more. */
  isDead = false;
  private nextPort = FIRST_CLIENT_PORT;

  constructor(
    readonly clock: Clock,
    /** Of the network, each way. */
    readonly latencyMs: number,
  ) {
    clock.every(AUDIO_FRAME_MS, () => this.mix());
  }

  readonly openSocket: OpenSocket = (receive) => {
    const port = this.nextPort++;
    const client = new FakeClient(this, port - FIRST_CLIENT_PORT + 1, (datagram, fromPort) => {
      if (!this.isDead) this.clock.after(this.latencyMs, () => receive(datagram, fromPort));
    });
    const send = (datagram: Uint8Array, to: { port: number }): void => {
      this.clients.set(port, client);
      this.clock.after(this.latencyMs, () => client.receive(datagram, to.port));
    };
    return Promise.resolve({ port, send, close: () => void this.clients.delete(port) });
  };

  others(client: FakeClient): FakeClient[] {
    return [...this.clients.values()].filter((other) => other !== client && other.isIn);
  }

  private mix(): void {
    const spoken = new Map([...this.clients.values()].map((client) => [client, client.takeFrame()]));
    for (const client of this.clients.values()) {
      const voices = this.others(client).flatMap((other) => spoken.get(other) ?? []);
      client.hear(voices);
    }
  }
}

/** One client as the fake domain knows it. */
export class FakeClient {
  isIn = false;
  codec = '';
  readonly received = new Map<string, number>();
  private readonly nodes = new Map<number, FakeNode>();
  private readonly frames: Uint8Array[] = [];
  /** Of its next mix. */
  sequence = 0;

  constructor(
    readonly domain: FakeVircadia,
    readonly number: number,
    readonly transmit: (datagram: Uint8Array, fromPort: number) => void,
  ) {
    for (const index of [-1, ...NODES.keys()]) this.nodes.set(portOf(index), new FakeNode(this, index));
  }

  get sessionId(): string {
    return uuid(1, this.number);
  }

  node(type: string): FakeNode {
    return this.nodes.get(portOf(NODES.findIndex((each) => each === type)))!;
  }

  receive(datagram: Uint8Array, toPort: number): void {
    if (!this.domain.isDead) this.nodes.get(toPort)?.connection.receive(datagram, this.domain.clock.nowMs());
  }

  say(frame: Uint8Array): void {
    this.frames.push(frame);
  }

  /** What has waited for too long is left out, as in a jitter buffer. */
  takeFrame(): Uint8Array[] {
    while (this.frames.length > 3) this.frames.shift();
    const frame = this.frames.shift();
    return frame ? [frame] : [];
  }

  hear(voices: readonly Uint8Array[]): void {
    if (!this.isIn || this.codec === '') return;
    const sequence = this.sequence++ & 0xffff;
    const { sender } = this.node(NodeType.AudioMixer);
    const { codec } = this;
    const nowMs = this.domain.clock.nowMs();
    if (voices.length === 0) sender.send('SilentAudioFrame', { sequence, codec, sampleCount: 480 }, nowMs);
    else if (codec === 'opus') sender.send('MixedAudio', { sequence, codec, audio: voices[0] }, nowMs);
    else sender.send('MixedAudio', { sequence, codec, audio: stereoSum(voices) }, nowMs);
  }
}

/** One virtual node of one client; -1 is the domain itself. */
class FakeNode implements ConnectionOwner {
  readonly connection: Connection;
  readonly sender: PacketSender<typeof CODECS_TO_CLIENT>;
  private readonly secret: PacketSecret;
  private readonly reader = new ByteReader(new Uint8Array(0));

  constructor(
    private readonly client: FakeClient,
    readonly index: number,
  ) {
    this.secret = new PacketSecret(uuid(3, client.number * 10 + index + 1));
    this.connection = new Connection(this, () => 1_000 * client.number + index);
    const identity = index < 0 ? { localId: 1 } : { localId: 2 + index, secret: this.secret };
    this.sender = new PacketSender(this.connection, CODECS_TO_CLIENT, identity, 65_536);
  }

  transmit(datagram: Uint8Array): void {
    this.client.transmit(datagram.slice(), portOf(this.index));
  }

  admit(packet: Uint8Array): number {
    const localId = FIRST_LOCAL_ID + this.client.number;
    return admitFrom(packet, { localId, secret: this.index < 0 ? undefined : this.secret });
  }

  onSendingRestarted(): void {}

  deliver(packet: Uint8Array, payloadOffset: number): void {
    const { client } = this;
    const { clock } = client.domain;
    const nowMs = clock.nowMs();
    const { name } = PACKET_TYPES[packet[0]];
    client.received.set(name, (client.received.get(name) ?? 0) + 1);
    const payload = this.reader.reset(packet, payloadOffset);
    switch (packet[0]) {
      case PacketType.DomainConnectRequest:
      case PacketType.DomainListRequest:
        return void this.sender.send('DomainList', this.list(packet[0] === PacketType.DomainConnectRequest), nowMs);
      case PacketType.DomainDisconnectRequest:
        client.isIn = false;
        return;
      case PacketType.Ping: {
        const { type, timeUs } = CODECS_TO_SERVER.Ping.read(payload);
        return void this.sender.send('PingReply', { type, pingUs: timeUs, replyUs: timeUs }, nowMs);
      }
      case PacketType.NegotiateAudioFormat:
        [client.codec] = CODECS_TO_SERVER.NegotiateAudioFormat.read(payload);
        client.isIn = true;
        return void this.sender.send('SelectedAudioFormat', client.codec, nowMs);
      case PacketType.MicrophoneAudioNoEcho:
        return client.say(CODECS_TO_SERVER.MicrophoneAudioNoEcho.read(payload).audio.slice());
      case PacketType.AvatarData: {
        const { record } = CODECS_TO_SERVER.AvatarData.read(payload);
        for (const other of client.domain.others(client)) {
          other.node(NodeType.AvatarMixer).sender.send('BulkAvatarData', [{ id: client.sessionId, record }], nowMs);
        }
        return;
      }
      case PacketType.MessagesData: {
        const message = CODECS_TO_SERVER.MessagesData.read(payload);
        for (const other of client.domain.others(client)) {
          other.node(NodeType.MessagesMixer).sender.send('MessagesData', message, nowMs);
        }
      }
    }
  }

  private list(isNewConnection: boolean): Parameters<typeof CODECS_TO_CLIENT.DomainList.write>[1] {
    const { number, sessionId } = this.client;
    return {
      domainId: uuid(4, 1),
      domainLocalId: 1,
      sessionId,
      localId: FIRST_LOCAL_ID + number,
      permissions: 0,
      isAuthenticated: true,
      requestTime: 0,
      sentUs: 0,
      processingUs: 0,
      isNewConnection,
      nodes: NODES.map((type, index) => ({
        type,
        id: uuid(2, index),
        publicSocket: ipv4Socket(SocketType.Udp, HOST, portOf(index)),
        localSocket: ipv4Socket(SocketType.Udp, HOST, portOf(index)),
        permissions: 0,
        isReplicated: false,
        localId: 2 + index,
        secret: uuid(3, number * 10 + index + 1),
      })),
    };
  }
}

function portOf(index: number): number {
  return DOMAIN_PORT + 1 + index;
}

/** Mono frames of 16 bits, added up and put on both ears. */
function stereoSum(voices: readonly Uint8Array[]): Uint8Array {
  const mix = new Int16Array(STEREO_FRAME_BYTES / 2);
  for (const voice of voices) {
    const samples = new DataView(voice.buffer, voice.byteOffset, voice.byteLength);
    for (let n = 0; n < mix.length; n++) {
      mix[n] += samples.getInt16(2 * (n >> 1), true) >> 2;
    }
  }
  return new Uint8Array(mix.buffer);
}
