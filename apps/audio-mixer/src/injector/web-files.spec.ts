import { SimClock } from '@app/testing';
import { SOUND_FETCH_MS_MAX } from '@app/world';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isPublicAddress } from './public-address.js';
import { WebFiles } from './web-files.js';

describe('isPublicAddress', () => {
  it('knows what belongs to the internet and what to somebody', () => {
    for (const address of ['8.8.8.8', '93.184.216.34', '2606:2800:220:1::1'])
      expect(isPublicAddress(address)).toBe(true);
    for (const address of [
      ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1'],
      ...['0.0.0.0', '224.0.0.1', '255.255.255.255', '198.18.0.1', '::', '::1', 'fe80::1', 'fc00::1', 'ff02::1'],
      ...['::ffff:10.0.0.1', '::ffff:8.8.8.8', '64:ff9b::a00:1', '2002:a00:1::', '2001::1', 'localhost', ''],
    ])
      expect([address, isPublicAddress(address)]).toEqual([address, false]);
  });
});

describe('WebFiles', () => {
  let server: Server;
  let base: string;
  const hits: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      hits.push(request.url ?? '');
      if (request.url === '/good') response.end('sound');
      else if (request.url === '/around') response.writeHead(302, { location: '/good' }).end();
      else if (request.url === '/circle') response.writeHead(302, { location: '/circle' }).end();
      else if (request.url === '/inside') response.writeHead(302, { location: 'http://[::1]:1/' }).end();
      else if (request.url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
      else if (request.url === '/large') response.writeHead(200, { 'content-length': 70_000_000 }).write('x');
      else if (request.url === '/slow') response.writeHead(200).write('x');
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const clock = new SimClock();
  const open = new WebFiles(clock, (address) => address === '127.0.0.1');
  const codeOf = (reading: Promise<unknown>): Promise<unknown> =>
    reading.then(
      () => 'read',
      (error: { code: unknown }) => error.code,
    );

  it('reads a file, also after a redirection', async () => {
    for (const path of ['/good', '/around']) expect(Buffer.from(await open.read(base + path)).toString()).toBe('sound');
  });

  it('asks no private address, by number or by name', async () => {
    const files = new WebFiles(clock);
    hits.length = 0;
    const { port } = server.address() as AddressInfo;
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1']) {
      expect(await codeOf(files.read(`http://${host}:${port}/good`))).toBe('sound-url-refused');
    }
    expect(hits).toEqual([]);
  });

  it('does not follow where it may not go, nor for ever', async () => {
    expect(await codeOf(open.read(`${base}/inside`))).toBe('sound-url-refused');
    expect(await codeOf(open.read(`${base}/file`))).toBe('sound-url-refused');
    expect(await codeOf(open.read(`${base}/circle`))).toBe('sound-not-found');
    expect(await codeOf(open.read(`${base}/nowhere`))).toBe('sound-not-found');
  });

  it('reads nothing that is too large, and waits no longer than it may', async () => {
    expect(await codeOf(open.read(`${base}/large`))).toBe('sound-too-large');
    const slow = codeOf(open.read(`${base}/slow`));
    while (hits.at(-1) !== '/slow') await new Promise((resolve) => setImmediate(resolve));
    clock.advance(SOUND_FETCH_MS_MAX + 1);
    expect(await slow).toBe('sound-unavailable');
  });
});
