import 'reflect-metadata';
import { type Socket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { NatsBroker, subjectOf } from '@app/broker';
import { SystemClock, SystemRandom } from '@app/clock';
import { RoleProcess, commonSettings, silentLogger } from '@app/runtime';
import { loadSettings } from '@app/settings';
import { type NatsServer, startNatsServer } from '@app/testing';
import { type MessageOf, decodeMessage } from '@app/wire';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GatewayModule } from '../src/gateway.module.js';
import { type GatewaySettings, gatewaySettings } from '../src/gateway.settings.js';
import { type LinkType, LINK_TYPES, portOf } from '../src/vircadia/domain/domain-nodes.js';
import { sessionOfUuid } from '../src/vircadia/identity.js';
import { NativeClient } from './native-client.js';

const PORT = 21_251;
const NATS_PORT = 21_261;
const SIGNALING_PORT = 21_263;

let nats: NatsServer;
let broker: NatsBroker;
let gateway: RoleProcess;
let roster: MessageOf<'SessionRoster'> | undefined;
const socks: Socket[] = [];

/** A client with a socket. */
class RealClient {
  readonly client: NativeClient;
  private readonly byPort = new Map<number, LinkType>(LINK_TYPES.map((type) => [portOf(type, PORT), type]));

  private constructor(public socket: Socket) {
    this.client = new NativeClient((type, datagram) => this.socket.send(datagram, portOf(type, PORT), '127.0.0.1'));
    this.listen();
  }

  static async open(): Promise<RealClient> {
    return new RealClient(await openSocket());
  }

  /** As after a NAT has forgotten it: the same client from another address. */
  async move(): Promise<void> {
    this.socket.removeAllListeners('message');
    this.socket = await openSocket();
    this.listen();
  }

  get sessionId(): number | undefined {
    return sessionOfUuid(this.client.list?.sessionId ?? '');
  }

  get isListed(): boolean {
    return roster?.sessions.some(({ sessionId }) => sessionId === this.sessionId) ?? false;
  }

  async enter(): Promise<void> {
    this.client.connect();
    await until('the list', () => this.client.list !== undefined);
    await until('everything answers', () => {
      this.client.pingAll();
      return [...this.client.nodes.values()].every((link) => link.all('PingReply').length > 0);
    });
    await until('the roster has it', () => this.isListed);
  }

  private listen(): void {
    this.socket.on('message', (datagram, { port }) => {
      this.client.nowMs = performance.now();
      this.client.receive(this.byPort.get(port) ?? 'D', datagram);
    });
  }
}

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socks.push(socket);
  return socket;
}

async function until(what: string, isTrue: () => boolean, timeoutMs = 8_000): Promise<void> {
  const startMs = performance.now();
  while (!isTrue()) {
    if (performance.now() - startMs > timeoutMs) throw new Error(`timed out waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

beforeAll(async () => {
  nats = await startNatsServer({ port: NATS_PORT });
  broker = await NatsBroker.connect({ url: nats.url, name: 'test' });
  broker.subscribe(subjectOf('roster', { world: 'main', who: '*' }), ({ data }) => {
    roster = decodeMessage('SessionRoster', Uint8Array.from(data));
  });
  const ports = ['--signaling-port', `${SIGNALING_PORT}`, '--media-port', `${SIGNALING_PORT + 2}`];
  const settings = loadSettings(
    { ...commonSettings, ...gatewaySettings },
    { flags: [...ports, '--vircadia-port', `${PORT}`, '--nats-url', nats.url], variables: {} },
  ) as GatewaySettings;
  gateway = new RoleProcess(
    { role: 'gateway', module: GatewayModule, settings: gatewaySettings },
    {
      clock: new SystemClock(),
      random: new SystemRandom(),
      logger: silentLogger,
      instance: { instanceId: 'gateway-1', role: 'gateway', epochMs: Date.now(), version: 'test' },
      settings,
      pid: process.pid,
      connect: () => NatsBroker.connect({ url: nats.url, name: 'gateway-1' }),
    },
  );
  await gateway.start();
}, 60_000);

afterAll(async () => {
  for (const socket of socks) socket.close();
  await gateway.stop();
  await broker.close();
  await nats.stop();
}, 30_000);

describe('A gateway and native clients of Vircadia', () => {
  it('lets one in, answers on every node, and lets it go', async () => {
    const native = await RealClient.open();
    await native.enter();
    expect(native.client.list?.nodes.map(({ type }) => type)).toEqual(['M', 'W', 'o', 'm', 'A', 'S']);
    expect(native.client.list?.nodes.map(({ publicSocket }) => publicSocket.port)).toEqual(
      [2, 3, 4, 5, 6, 7].map((offset) => PORT + offset),
    );
    native.client.checkIn();
    await until('the check-in is answered', () => native.client.list?.isNewConnection === false);
    native.client.disconnect();
    await until('it has gone', () => !native.isListed);
    const before = native.sessionId;
    native.client.lists.length = 0;
    await native.enter();
    expect(native.sessionId).not.toBe(before);
  });

  it('follows one that moves', async () => {
    const native = await RealClient.open();
    await native.enter();
    const { sessionId } = native;
    await native.move();
    const audio = native.client.nodes.get('M');
    const count = audio?.all('PingReply').length ?? 0;
    await until('the node has followed', () => {
      native.client.ping('M');
      return (audio?.all('PingReply').length ?? 0) > count;
    });
    const lists = native.client.lists.length;
    native.client.checkIn();
    await until('the domain has followed', () => native.client.lists.length > lists);
    expect(native.sessionId).toBe(sessionId);
    native.client.disconnect();
    await until('it has gone', () => !native.isListed);
  });

  it('notices one that is silent', async () => {
    const native = await RealClient.open();
    await native.enter();
    native.client.answers = false;
    await until('it has gone', () => !native.isListed, 13_000);
  });

  it('says why it does not let somebody in', async () => {
    const native = await RealClient.open();
    native.client.connect({ protocolSignature: new Uint8Array(16) });
    await until('it is denied', () => native.client.denials.length > 0);
    expect(native.client.denials[0]).toMatchObject({ reason: 1 });
    expect(native.client.list).toBeUndefined();
  });
});
