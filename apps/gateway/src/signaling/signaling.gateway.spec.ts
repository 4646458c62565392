import { once } from 'node:events';
import { type Socket, connect as connectTcp } from 'node:net';
import { SystemClock } from '@app/clock';
import { PrometheusMetrics, silentLogger } from '@app/runtime';
import { SimClock } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeMessage } from '@app/wire';
import { SIGNAL_BYTES_MAX } from '@app/world';
import { WebSocket } from 'ws';
import { GatewayMetrics } from '../gateway.metrics.js';
import type { ClientLink } from '../session/client-link.js';
import { SignalingGateway } from './signaling.gateway.js';
import type { SignalingRouter, SocketEvents } from './signaling.router.js';

const PORT = 21_251;
const URL = `ws://127.0.0.1:${PORT}/signal`;

/** Resolves to the close code, or to the HTTP status of a refused upgrade. */
function endOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    socket.on('close', (code) => resolve(code));
    socket.on('error', () => undefined);
  });
}

const upgradeOf = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
const UPGRADE = upgradeOf('/signal');
const UPGRADE_ELSEWHERE = upgradeOf('/elsewhere');

/** A connection of a client that says this, and whatever it likes afterwards. */
function connect(text: string): Promise<Socket> {
  return new Promise((resolve) => {
    const stream = connectTcp({ port: PORT, host: '127.0.0.1', allowHalfOpen: true }, () => {
      stream.write(text);
      resolve(stream);
    });
  });
}

const opened = (socket: WebSocket): Promise<void> => new Promise((resolve) => socket.once('open', () => resolve()));

describe('SignalingGateway', () => {
  let gateway: SignalingGateway;
  let links: ClientLink[];
  let heard: string[];
  let onHeard: () => void;

  const until = async (count: number): Promise<void> => {
    while (heard.length < count) await new Promise<void>((resolve) => (onHeard = resolve));
  };

  beforeEach(async () => {
    links = [];
    heard = [];
    onHeard = () => undefined;
    const hear = (word: string): void => {
      heard.push(word);
      onHeard();
    };
    const router = {
      accept: (link: ClientLink): SocketEvents => {
        links.push(link);
        return {
          onFrame: (bytes) => {
            if (bytes.length === 13) throw new Error('a mistake of ours');
            hear(`frame of ${bytes.length}`);
          },
          onPong: () => hear('pong'),
          onFlood: () => {
            hear('flood');
            link.close();
          },
          onClosed: (isOrderly) => hear(isOrderly ? 'left' : 'broke'),
        };
      },
    } as unknown as SignalingRouter;
    const options = { port: PORT, listenAddress: '127.0.0.1', originAllowed: [], trustForwarded: false };
    gateway = new SignalingGateway(
      options,
      router,
      new SystemClock(),
      silentLogger,
      new GatewayMetrics(new PrometheusMetrics()),
    );
    await gateway.start();
  });
  afterEach(() => gateway.close());

  it('answers HTTP with what it is', async () => {
    const statusOf = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${PORT}${path}`)).status;
    expect([await statusOf('/healthz'), await statusOf('/signal'), await statusOf('/')]).toEqual([200, 426, 404]);
  });

  it.each([
    ['another path', `${URL}s`, 'vicinity.v1', {}, 404],
    ['another protocol', URL, 'chat', {}, 400],
    ['a page of somebody else', URL, 'vicinity.v1', { origin: 'https://evil.example' }, 403],
  ])('refuses %s', async (_name, url, protocol, options, status) => {
    expect(await endOf(new WebSocket(url, protocol, options))).toBe(status);
    expect(links).toHaveLength(0);
  });

  it('passes frames, pongs and ends on, in both directions', async () => {
    const socket = new WebSocket(URL, 'vicinity.v1', { origin: 'http://localhost:40100' });
    const received = new Promise<Buffer>((resolve) => socket.once('message', (data) => resolve(data as Buffer)));
    await opened(socket);
    expect(socket.protocol).toBe('vicinity.v1');
    socket.send(encodeMessage('ClientSignal', { bye: {} }));
    socket.send('text is no part of the protocol');
    await until(3);
    expect(heard.slice(0, 2)).toEqual(['frame of 2', 'frame of 0']);
    expect(heard).toContain('pong');
    links[0].send({ error: { code: 'x', text: 'y' } });
    expect(decodeMessage('ServerSignal', await received).error?.code).toBe('x');
    socket.close(1000);
    await until(heard.length + 1);
    expect(heard.at(-1)).toBe('left');
  });

  it('tells a socket that broke from one that was closed', async () => {
    const socket = new WebSocket(URL);
    await opened(socket);
    socket.terminate();
    await until(1);
    expect(heard).toEqual(['broke']);
  });

  it('passes on a frame that is too large, to be answered, and ends a socket that sends a far larger one', async () => {
    const socket = new WebSocket(URL);
    const end = endOf(socket);
    await opened(socket);
    socket.send(new Uint8Array(SIGNAL_BYTES_MAX + 1));
    await until(1);
    socket.send(new Uint8Array(2 * SIGNAL_BYTES_MAX + 1));
    expect(await end).toBe(1009);
    await until(2);
    expect(heard).toEqual([`frame of ${SIGNAL_BYTES_MAX + 1}`, 'broke']);
  });

  it('outlives a refused client that breaks its connection while it is being refused', async () => {
    for (let count = 0; count < 20; count++) {
      const stream = await connect(UPGRADE_ELSEWHERE);
      stream.resetAndDestroy();
    }
    // A connection error that nobody handles would end this process.
    expect((await fetch(`http://127.0.0.1:${PORT}/healthz`)).status).toBe(200);
  });

  it('lets go of a refused client that keeps its end open', async () => {
    const stream = await connect(UPGRADE_ELSEWHERE);
    stream.resume();
    await new Promise((resolve) => stream.once('end', resolve));
    // A connection that is gone answers with a reset.
    stream.on('error', () => undefined);
    const closed = new Promise((resolve) => stream.once('close', resolve));
    const writing = setInterval(() => stream.write('still here'), 20);
    await closed;
    clearInterval(writing);
  });

  it.each([
    ['pings', (socket: WebSocket) => socket.ping()],
    ['bytes that never become a message', (socket: WebSocket) => socket.send(new Uint8Array(8_192), { fin: false })],
  ])('does not listen any longer to a socket that floods with %s', async (_name, flood) => {
    const socket = new WebSocket(URL);
    const end = endOf(socket);
    await opened(socket);
    for (let count = 0; count < 500; count++) flood(socket);
    await until(1);
    socket.send(new Uint8Array(5), { fin: true });
    expect([1006, 1009]).toContain(await end);
    expect(heard.filter((word) => word !== 'pong')[0]).toMatch(/flood|broke/);
    expect(heard).not.toContain('frame of 5');
  });

  it('ends a socket that was told to go and does not', async () => {
    const stream = await connect(UPGRADE);
    stream.resume();
    while (links.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const closed = new Promise((resolve) => stream.once('close', resolve));
    links[0].close();
    // This client answers no closing handshake, and goes on sending.
    stream.on('error', () => undefined);
    const frame = Buffer.from([0x82, 0x85, 0, 0, 0, 0, 1, 2, 3, 4, 5]);
    const writing = setInterval(() => stream.write(frame), 50);
    await closed;
    clearInterval(writing);
    expect(heard).toEqual(['broke']);
  });

  it('outlives its own mistakes: they cost the socket that met them', async () => {
    const [unlucky, other] = [new WebSocket(URL), new WebSocket(URL)];
    await Promise.all([opened(unlucky), opened(other)]);
    const end = endOf(unlucky);
    unlucky.send(new Uint8Array(13));
    expect(await end).toBe(1006);
    other.send(new Uint8Array(5));
    while (!heard.includes('frame of 5')) await until(heard.length + 1);
    other.terminate();
  });

  it.each([
    [false, '127.0.0.1'],
    [true, '192.0.2.7'],
  ])('knows where a client is, behind a proxy that is believed (%s), too', async (trustForwarded, expected) => {
    gateway.close();
    const addresses: string[] = [];
    const accept = ({ address }: ClientLink): object => {
      addresses.push(address);
      return { onFrame: () => undefined, onPong: () => undefined, onFlood: () => undefined, onClosed: () => undefined };
    };
    gateway = new SignalingGateway(
      { port: PORT, listenAddress: '127.0.0.1', originAllowed: [], trustForwarded },
      { accept } as unknown as SignalingRouter,
      new SystemClock(),
      silentLogger,
      new GatewayMetrics(new PrometheusMetrics()),
    );
    await gateway.start();
    const headers = { 'x-forwarded-for': '198.51.100.1, 192.0.2.7' };
    const socket = new WebSocket(URL, 'vicinity.v1', { headers });
    await once(socket, 'open');
    expect(addresses).toEqual([expected]);
    socket.terminate();
  });

  it('takes all addresses of one network for one client that comes too often', async () => {
    gateway.close();
    const silent = { onFrame: () => undefined, onPong: () => undefined, onFlood: () => undefined };
    gateway = new SignalingGateway(
      { port: PORT, listenAddress: '127.0.0.1', originAllowed: [], trustForwarded: true },
      { accept: () => ({ ...silent, onClosed: () => undefined }) } as unknown as SignalingRouter,
      new SimClock(),
      silentLogger,
      new GatewayMetrics(new PrometheusMetrics()),
    );
    await gateway.start();
    const statusFor = async (address: string): Promise<number> => {
      const stream = await connect(UPGRADE.replace(/\r\n$/, `X-Forwarded-For: ${address}\r\n\r\n`));
      const [answer] = (await once(stream, 'data')) as [Buffer];
      stream.destroy();
      return Number(answer.toString().split(' ')[1]);
    };
    for (let n = 1; n <= 300; n++) expect(await statusFor(`2001:db8::${n.toString(16)}`)).toBe(101);
    expect(await statusFor('2001:db8::ffff')).toBe(429);
    expect(await statusFor('2001:db8:0:1::1')).toBe(101);
  });

  it('can be started again after its port was taken', async () => {
    const options = { port: PORT, listenAddress: '127.0.0.1', originAllowed: [], trustForwarded: false };
    const second = new SignalingGateway(
      options,
      {} as SignalingRouter,
      new SystemClock(),
      silentLogger,
      new GatewayMetrics(new PrometheusMetrics()),
    );
    await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    gateway.close();
    await second.start();
    expect((await fetch(`http://127.0.0.1:${PORT}/healthz`)).status).toBe(200);
    second.close();
  });
});
