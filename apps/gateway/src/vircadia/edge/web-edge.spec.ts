import { once } from 'node:events';
import { SystemClock } from '@app/clock';
import { MediaError } from '@app/media';
import { PrometheusMetrics, silentLogger } from '@app/runtime';
import { SIGNAL_BYTES_MAX } from '@app/world';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { GatewayMetrics } from '../../gateway.metrics.js';
import { VircadiaWebEdge } from './web-edge.js';

const PORT = 21_261;
const URL = `ws://127.0.0.1:${PORT}`;

describe('The WebSocket of web clients of Vircadia', () => {
  let edge: VircadiaWebEdge;
  let offers: string[];
  let opened: WebSocket[];

  const open = async (path = '/', options = {}): Promise<WebSocket> => {
    const socket = new WebSocket(URL + path, options);
    opened.push(socket);
    await once(socket, 'open');
    return socket;
  };
  const textFrom = async (socket: WebSocket): Promise<string> => {
    const [data] = (await once(socket, 'message')) as [Buffer];
    return data.toString();
  };

  beforeEach(async () => {
    [offers, opened] = [[], []];
    edge = new VircadiaWebEdge(
      { port: PORT, listenAddress: '127.0.0.1', originAllowed: ['https://app.example'], trustForwarded: false },
      {
        clock: new SystemClock(),
        metrics: new GatewayMetrics(new PrometheusMetrics()),
        entrance: {
          enter: () => {
            throw new Error('nobody comes so far');
          },
        },
        makeTransport: (sdp) => {
          offers.push(sdp);
          return Promise.reject(new MediaError('offer-malformed', 'no offer'));
        },
      },
      silentLogger,
    );
    await edge.start();
  });
  afterEach(() => {
    for (const socket of opened) socket.terminate();
    edge.close();
  });

  it('opens on any path, for pages from here and from where the operator says', async () => {
    await open('/');
    await open('/somewhere/else?x=1', { origin: 'http://localhost:40100' });
    const socket = await open('/', { origin: 'https://app.example' });
    expect(socket.protocol).toBe('');
    const refused = new WebSocket(URL, { origin: 'https://evil.example' });
    refused.on('error', () => undefined);
    const [, response] = (await once(refused, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(403);
  });

  it('speaks texts of JSON', async () => {
    const socket = await open();
    socket.send('{"to":"D","echo":{"a":[1]}}');
    expect(await textFrom(socket)).toBe('{"from":"D","echo":{"a":[1]}}');
    socket.send('{"to":"D","data":{"description":{"type":"offer","sdp":"v=0"}}}');
    const [code] = (await once(socket, 'close')) as [number];
    expect([code, offers]).toEqual([1000, ['v=0']]);
  });

  it.each([
    ['a frame that is too large', (socket: WebSocket) => socket.send('x'.repeat(SIGNAL_BYTES_MAX + 1)), 1009],
    [
      'frames without end',
      (socket: WebSocket) => {
        for (let count = 0; count < 700; count++) socket.send('{}');
      },
      1000,
    ],
  ])('ends a socket that sends %s, and no other', async (_name, flood, expected) => {
    const [bad, good] = [await open(), await open()];
    const ended = once(bad, 'close') as Promise<[number]>;
    flood(bad);
    expect((await ended)[0]).toBe(expected);
    good.send('{"to":"M","echo":1}');
    expect(await textFrom(good)).toBe('{"from":"M","echo":1}');
  });

  it('outlives rubbish', async () => {
    const socket = await open();
    const rubbish = [
      '',
      '\u0000',
      '[',
      '[[[[',
      '{"to":{}}',
      '{"to":"D","data":null}',
      'null',
      '"D"',
      '{"to":"D","echo":',
    ];
    for (const text of rubbish) socket.send(text);
    socket.send(new Uint8Array(100).fill(255));
    socket.send('{"to":"o","echo":2}');
    expect(await textFrom(socket)).toBe('{"from":"o","echo":2}');
  });
});
