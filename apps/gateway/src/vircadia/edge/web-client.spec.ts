import { type ClientMediaState, type DataTransportEvents, MediaError } from '@app/media';
import { PrometheusMetrics } from '@app/runtime';
import { SimClock } from '@app/testing';
import { SOCKETS_PENDING_MAX } from '@app/world';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { GatewayMetrics } from '../../gateway.metrics.js';
import type { EdgeSocket } from '../../signaling/socket-server.js';
import { WaitingRoom } from '../../signaling/waiting-room.js';
import type { LinkType } from '../domain/domain-nodes.js';
import type { PacketPath, PeerHost } from '../peer/packet-path.js';
import { WebClient } from './web-client.js';
import { CHANNEL_TIMEOUT_MS, type WebTransport } from './web-link.js';

class FakeTransport implements WebTransport {
  state: ClientMediaState = 'connecting';
  readonly sent: { datagram: Uint8Array; isVital: boolean }[] = [];
  isFull = false;

  constructor(
    readonly answer: string,
    readonly events: DataTransportEvents,
  ) {}

  become(state: ClientMediaState): void {
    this.state = state;
    this.events.onState(state);
  }

  send(datagram: Uint8Array, isVital: boolean): boolean {
    if (!this.isFull) this.sent.push({ datagram, isVital });
    return !this.isFull;
  }

  close(): void {
    if (this.state === 'connecting' || this.state === 'connected') this.become('closed');
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('WebClient', () => {
  let clock: SimClock;
  let said: string[];
  let events: string[];
  let transports: FakeTransport[];
  let paths: Map<LinkType, PacketPath>;
  let host: PeerHost | undefined;
  let unavailable: number;
  let making: Promise<void>;
  let drops: string[];
  let client: WebClient;
  let waiting: WaitingRoom;

  const makeClient = (): WebClient => {
    const socket = {
      address: '192.0.2.7',
      send: (text: string) => said.push(text) > 0,
      close: () => events.push('socket closed'),
    } as unknown as EdgeSocket;
    const metrics = new GatewayMetrics(new PrometheusMetrics());
    metrics.countDrop = (reason) => void drops.push(reason);
    return new WebClient(socket, {
      clock,
      metrics,
      waiting,
      makeTransport: async (sdp, transportEvents) => {
        await making;
        if (unavailable-- > 0) throw new MediaError('media-unavailable', 'not now');
        if (sdp === 'bad') throw new MediaError('offer-malformed', 'no offer');
        const transport = new FakeTransport(`answer to ${sdp}`, transportEvents);
        transports.push(transport);
        return transport;
      },
      entrance: {
        enter: (peer) => {
          host = peer;
          events.push(`enters from ${peer.address}`);
          return {
            attach: (type, path) => {
              paths.set(type, path);
              events.push(`${type} opens`);
              return {
                onPacket: (datagram) => events.push(`${type} hears ${datagram[0]}`),
                onClosed: () => events.push(`${type} ends`),
              };
            },
            leave: () => events.push('leaves'),
          };
        },
      },
    });
  };

  const say = (message: unknown): void =>
    client.onFrame(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), false);
  const offer = async (to: LinkType, sdp = 'v=0'): Promise<FakeTransport> => {
    say({ to, data: { description: { type: 'offer', sdp } } });
    await settle();
    return transports.at(-1) as FakeTransport;
  };
  const open = async (to: LinkType): Promise<FakeTransport> => {
    const transport = await offer(to);
    transport.become('connected');
    return transport;
  };

  beforeEach(() => {
    clock = new SimClock();
    [said, events, transports, drops] = [[], [], [], []];
    paths = new Map();
    host = undefined;
    unavailable = 0;
    making = Promise.resolve();
    waiting = new WaitingRoom(clock, SOCKETS_PENDING_MAX, 10_000);
    client = makeClient();
  });

  it('answers offers, lets the client in when its channel opens, and carries packets', async () => {
    const transport = await offer('D');
    expect(JSON.parse(said[0])).toEqual({
      from: 'D',
      data: { description: { type: 'answer', sdp: 'answer to v=0' } },
    });
    expect(events).toEqual([]);
    transport.become('connected');
    await open('M');
    transport.events.onMessage(new Uint8Array([9]));
    expect(events).toEqual(['enters from 192.0.2.7', 'D opens', 'M opens', 'D hears 9']);
    const [plain, reliable, control] = [
      [0, 0, 0, 0x07],
      [0, 0, 0, 0x40],
      [0, 0, 0, 0x80],
    ].map((bytes) => new Uint8Array(bytes));
    for (const datagram of [plain, reliable, control]) paths.get('M')?.send(datagram);
    expect(transports[1].sent.map(({ isVital }) => isVital)).toEqual([false, true, true]);
  });

  it('ends its socket with its channel to the domain, whoever ends that', async () => {
    (await open('D')).become('lost');
    expect(events.slice(2)).toEqual(['D ends', 'leaves', 'socket closed']);
    client = makeClient();
    await open('D');
    events = [];
    paths.get('D')?.close();
    expect(events).toEqual(['leaves', 'socket closed']);
    client = makeClient();
    await open('D');
    events = [];
    host?.close();
    expect(events).toEqual(['leaves', 'socket closed']);
    expect(transports.map(({ state }) => state)).toEqual(['lost', 'closed', 'closed']);
  });

  it('tells the domain when a channel to a node ends, and keeps the rest', async () => {
    await open('D');
    (await open('M')).become('broken');
    expect(events.slice(3)).toEqual(['M ends']);
    await open('M');
    expect(events.slice(4)).toEqual(['M opens']);
  });

  it('ends a channel whose client takes nothing when something reliable would be lost', async () => {
    await open('D');
    const transport = await open('W');
    transport.isFull = true;
    paths.get('W')?.send(new Uint8Array([0, 0, 0, 0x07]));
    expect(events.slice(3)).toEqual([]);
    paths.get('W')?.send(new Uint8Array([0, 0, 0, 0x40]));
    expect(events.slice(3)).toEqual(['W ends']);
    expect(transport.state).toBe('closed');
  });

  it('keeps one channel for each node, the newest, and makes one at a time', async () => {
    await open('D');
    const first = await open('m');
    let done = (): void => undefined;
    making = new Promise((resolve) => (done = resolve));
    for (const sdp of ['a', 'b', 'c']) await offer('m', sdp);
    expect(first.state).toBe('closed');
    // The domain would have the client come once more.
    expect(events.slice(3)).toEqual([]);
    done();
    await settle();
    await settle();
    expect(transports.map(({ answer, state }) => [answer, state]).slice(2)).toEqual([
      ['answer to a', 'closed'],
      ['answer to c', 'connecting'],
    ]);
    expect(said).toHaveLength(3);
    clock.advance(CHANNEL_TIMEOUT_MS);
    expect(events.slice(3)).toEqual(['m ends']);
  });

  it('waits for a media worker that is being replaced', async () => {
    unavailable = 3;
    await offer('D');
    for (let count = 0; count < 3; count++) {
      clock.advance(100);
      await settle();
    }
    expect(said).toHaveLength(1);
    transports[0].become('connected');
    expect(events.at(-1)).toBe('D opens');
  });

  it('sends away who never comes to the point', async () => {
    clock.advance(9_999);
    expect(events).toEqual([]);
    clock.advance(1);
    expect(events).toEqual(['socket closed']);
    client = makeClient();
    await offer('D');
    clock.advance(CHANNEL_TIMEOUT_MS);
    expect(events.slice(1)).toEqual(['socket closed']);
    expect(transports[0].state).toBe('closed');
    client = makeClient();
    await open('D');
    await offer('M');
    events = [];
    clock.advance(CHANNEL_TIMEOUT_MS);
    expect(transports[2].state).toBe('closed');
    clock.advance(60_000);
    expect(events).toEqual([]);
  });

  it('lets a crowd of silent sockets keep nobody out', () => {
    for (let count = 0; count < SOCKETS_PENDING_MAX; count++) makeClient();
    expect(events).toEqual(['socket closed']);
    expect(drops).toEqual(['vircadia-domain-timeout']);
  });

  it('counts what is wrong, and ends a socket that says too much', async () => {
    say('{');
    client.onFrame(new Uint8Array([1]), true);
    await offer('M');
    expect(drops).toEqual(['vircadia-signal-malformed', 'vircadia-signal-malformed', 'vircadia-offer-early']);
    await offer('D', 'bad');
    expect(drops.at(-1)).toBe('offer-malformed');
    expect(events).toEqual(['socket closed']);

    client = makeClient();
    for (let count = 0; count < 30; count++) await offer('D');
    expect(drops.at(-1)).toBe('vircadia-offer-rate');
    expect(transports.filter(({ state }) => state === 'connecting')).toHaveLength(0);

    client = makeClient();
    for (let count = 0; count < 600; count++) say({ to: 'D', data: { candidate: {} } });
    expect(drops.at(-1)).toBe('vircadia-signal-rate');

    client = makeClient();
    said = [];
    for (let count = 0; count < 100; count++) say({ to: 'D', echo: count });
    expect(said).toHaveLength(20);
    expect(drops.at(-1)).toBe('vircadia-echo-rate');
  });
});
