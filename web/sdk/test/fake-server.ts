import { decodeMessage, encodeMessage, type MessageFields, type MessageOf } from '@app/wire';
import type { Platform } from '../src/platform.js';
import { SimClock } from '@app/testing';

const OFFER = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=mid:0',
  'a=sendonly',
  'a=rtpmap:111 opus/48000/2',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=mid:1',
  'a=recvonly',
  'a=rtpmap:111 opus/48000/2',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'a=mid:2',
  '',
].join('\r\n');

class FakeChannel extends EventTarget {
  readyState = 'connecting';
  bufferedAmount = 0;
  binaryType = '';
  readonly sent: Uint8Array[] = [];

  send(bytes: Uint8Array): void {
    this.sent.push(bytes);
  }
}

/** A PeerConnection that connects when the spec says so. */
export class FakePeer extends EventTarget {
  connectionState = 'new';
  readonly reliable = new FakeChannel();
  readonly realtime = new FakeChannel();
  readonly transceivers = ['0', '1'].map((mid) => ({
    mid,
    direction: 'recvonly',
    receiver: { track: { id: `track-${mid}` } },
    sender: { track: null as unknown, replaceTrack: async (track: unknown) => void (this.sentTrack = track) },
  }));
  sentTrack: unknown;
  localSdp = '';
  isClosed = false;

  createDataChannel(label: string): FakeChannel {
    return label === 'reliable' ? this.reliable : this.realtime;
  }

  /** Takes a while, as in browsers. */
  async setRemoteDescription(): Promise<void> {
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
  }

  getTransceivers(): unknown[] {
    return this.transceivers;
  }

  async createAnswer(): Promise<{ sdp: string }> {
    return { sdp: OFFER };
  }

  async setLocalDescription(description: { sdp: string }): Promise<void> {
    this.localSdp = description.sdp;
  }

  close(): void {
    this.isClosed = true;
  }

  /** Media is up. */
  connect(): void {
    this.connectionState = 'connected';
    this.reliable.readyState = 'open';
    this.realtime.readyState = 'open';
    this.dispatchEvent(new Event('connectionstatechange'));
  }

  /** Media has failed. */
  fail(): void {
    this.connectionState = 'failed';
    this.dispatchEvent(new Event('connectionstatechange'));
  }

  /** The gateway sends something on the realtime channel. */
  say(message: MessageFields<'ServerRealtime'>): void {
    const data = encodeMessage('ServerRealtime', message).slice().buffer;
    this.realtime.dispatchEvent(new MessageEvent('message', { data }));
  }

  /** The gateway sends something on the reliable channel. */
  tell(message: MessageFields<'ServerReliable'>): void {
    const data = encodeMessage('ServerReliable', message).slice().buffer;
    this.reliable.dispatchEvent(new MessageEvent('message', { data }));
  }

  /** What the client has sent on the reliable channel. */
  get reliableSent(): Array<MessageOf<'ClientReliable'>> {
    return this.reliable.sent.map((bytes) => decodeMessage('ClientReliable', bytes));
  }
}

/** A signalling socket whose other end is the spec. */
export class FakeSocket extends EventTarget {
  readyState = 0;
  binaryType = '';
  closeCode: number | undefined;
  readonly sent: Array<MessageOf<'ClientSignal'>> = [];

  constructor(readonly url: string) {
    super();
  }

  send(bytes: Uint8Array): void {
    this.sent.push(decodeMessage('ClientSignal', bytes));
  }

  close(code: number): void {
    this.readyState = 3;
    this.closeCode = code;
  }

  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  break(): void {
    this.readyState = 3;
    this.dispatchEvent(new Event('close'));
  }

  signal(signal: MessageFields<'ServerSignal'>): void {
    const data = encodeMessage('ServerSignal', signal).slice().buffer;
    this.dispatchEvent(new MessageEvent('message', { data }));
  }

  welcome(sessionId: number, resumeToken: string, resumed = false, megaphoneAllowed = false): void {
    const place = { world: 'main', gatewayId: 'gateway-1', resumeWindowMs: 120_000 };
    this.signal({ welcome: { sessionId, resumeToken, resumed, ...place, megaphoneAllowed } });
  }

  offer(generation: number): void {
    this.signal({ offer: { generation, sdp: OFFER } });
  }
}

/** A whole surrounding for a client: clock, /api/join, sockets and PeerConnections, all in the spec's hand. */
export class FakeServer {
  readonly clock = new SimClock();
  readonly sockets: FakeSocket[] = [];
  readonly peers: FakePeer[] = [];
  joinAnswer: unknown = {
    protocolVersion: 0x0001_0000,
    world: 'main',
    gateways: [
      { instanceId: 'gateway-1', url: 'ws://one/signal' },
      { instanceId: 'gateway-2', url: 'ws://two/signal' },
    ],
  };
  joinCount = 0;
  readonly platform: Platform = {
    clock: this.clock,
    random: () => 0,
    fetch: async () => {
      this.joinCount++;
      if (this.joinAnswer === undefined) throw new TypeError('Failed to fetch');
      return { text: async () => JSON.stringify(this.joinAnswer) } as Response;
    },
    openSocket: (url) => {
      const socket = new FakeSocket(url);
      this.sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    createPeerConnection: () => {
      const peer = new FakePeer();
      this.peers.push(peer);
      return peer as unknown as RTCPeerConnection;
    },
    createStream: () => undefined,
    hasWebRtc: true,
    mediaDevices: undefined,
    onNetworkBack: () => () => {},
    onPageHide: () => () => {},
  };

  get socket(): FakeSocket {
    return this.sockets[this.sockets.length - 1];
  }

  get peer(): FakePeer {
    return this.peers[this.peers.length - 1];
  }
}
