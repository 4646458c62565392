import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBus } from '@app/broker';
import {
  commonSettings,
  obtainSecretKey,
  PrometheusMetrics,
  signUploadTicket,
  silentLogger,
  UPLOAD_TICKET_KEY,
} from '@app/runtime';
import { loadSettings } from '@app/settings';
import { SimClock } from '@app/testing';
import { AssetServer } from '../src/asset-server.js';
import { assetServerMetrics } from '../src/asset-server.metrics.js';
import { type AssetServerSettings, assetServerSettings } from '../src/asset-server.settings.js';
import { sha256 } from './asset-kit.js';

const SIZE_BYTES = 1_000_000;

describe('A client that sends next to nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vicinity-slow-'));
  const clock = new SimClock();
  let assets: AssetServer;
  let http: Server;
  let port: number;
  let ticket: string;

  beforeAll(async () => {
    const broker = new MemoryBus().connect();
    const schema = { ...commonSettings, ...assetServerSettings };
    const settings = loadSettings(schema, {
      flags: ['--asset-work-dir', folder],
      variables: {},
    }) as AssetServerSettings;
    const metrics = assetServerMetrics(new PrometheusMetrics());
    assets = new AssetServer(settings, { broker, clock, logger: silentLogger, metrics });
    await assets.start();
    http = createServer((request, response) => void assets.handle(request, response));
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    port = (http.address() as AddressInfo).port;
    const key = await obtainSecretKey(broker, UPLOAD_TICKET_KEY);
    const expiresAtMs = clock.wallMs() + 600_000;
    ticket = signUploadTicket({ role: 'person', sessionId: 7, world: 'main', expiresAtMs }, key);
  });
  afterAll(async () => {
    http.close();
    http.closeAllConnections();
    await assets.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Sends the beginning of a request; resolves when the server handles it. */
  const begin = async (head: string, body: string): Promise<Socket> => {
    const handled = once(http, 'request');
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    socket.write(`${head} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ticket}\r\nContent-Length: 900000\r\n`);
    socket.write(`Upload-Offset: 0\r\n\r\n${body}`);
    await handled;
    return socket;
  };

  it('has no connection any more when it takes too long to say what it wants', async () => {
    const socket = await begin('POST /assets/uploads', '{');
    await clock.advanceAsync(19_000);
    expect(socket.closed).toBe(false);
    const closed = once(socket, 'close');
    await clock.advanceAsync(1_000);
    await closed;
  });

  it('keeps what has arrived of its file, but not the connection', async () => {
    const url = `http://127.0.0.1:${port}/assets/uploads`;
    const hash = sha256(new Uint8Array(SIZE_BYTES));
    const body = JSON.stringify({ sha256: hash, sizeBytes: SIZE_BYTES, name: 'a.bin' });
    const created = await fetch(url, { method: 'POST', body, headers: { Authorization: `Bearer ${ticket}` } });
    const { id } = (await created.json()) as { id: string };
    const socket = await begin(`PATCH /assets/uploads/${id}`, 'x');
    const offset = async (): Promise<string | null> =>
      (await fetch(`${url}/${id}`, { method: 'HEAD' })).headers.get('upload-offset');
    while ((await offset()) !== '1') await new Promise((resolve) => setImmediate(resolve));
    await clock.advanceAsync(60_000);
    expect(socket.closed).toBe(false);
    const closed = once(socket, 'close');
    await clock.advanceAsync(20_000);
    await closed;
    expect(await offset()).toBe('1');
  });
});
