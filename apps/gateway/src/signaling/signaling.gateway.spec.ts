import { SystemClock } from '@app/clock';
import { PrometheusMetrics, silentLogger } from '@app/runtime';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeMessage } from '@app/wire';
import { SIGNAL_BYTES_MAX } from '@app/world';
import { WebSocket } from 'ws';
import { GatewayMetrics } from '../gateway.metrics.js';
import type { ClientLink } from '../session/client-link.js';
import { SignalingGateway } from './signaling.gateway.js';
import type { SignalingRouter, SocketEvents } from './signaling.router.js';

const PORT = 41_251;
const URL = `ws://127.0.0.1:${PORT}/signal`;

/** Resolves to the close code, or to the HTTP status of a refused upgrade. */
function endOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    socket.on('close', (code) => resolve(code));
    socket.on('error', () => undefined);
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
          onClosed: (isOrderly) => hear(isOrderly ? 'left' : 'broke'),
        };
      },
    } as unknown as SignalingRouter;
    const options = { port: PORT, listenAddress: '127.0.0.1', originAllowed: [] };
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

  it('ends a socket that sends more than a frame may have', async () => {
    const socket = new WebSocket(URL);
    const end = endOf(socket);
    await opened(socket);
    socket.send(new Uint8Array(SIGNAL_BYTES_MAX + 1));
    expect(await end).toBe(1009);
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

  it('can be started again after its port was taken', async () => {
    const options = { port: PORT, listenAddress: '127.0.0.1', originAllowed: [] };
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
