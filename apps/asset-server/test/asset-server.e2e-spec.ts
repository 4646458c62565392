import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { gunzipSync, brotliDecompressSync } from 'node:zlib';
import { NatsBroker } from '@app/broker';
import { type NatsServer, startNatsServer } from '@app/testing';
import { type Answer, AssetKit, codeOf, idOf, jsonOf, sha256 } from './asset-kit.js';

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const noise = (count: number, seed: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, index) => (Math.imul(index + seed, 2_654_435_761) >>> 13) & 0xff);
/** Something that begins like a WAV file. */
const sound = (count: number, seed = 1): Uint8Array => {
  const bytes = noise(count, seed);
  bytes.set(text('RIFF\0\0\0\0WAVE'));
  return bytes;
};

describe('The asset-server on a real broker', () => {
  let broker: NatsServer;
  let kit: AssetKit;

  beforeAll(async () => {
    broker = await startNatsServer();
    kit = new AssetKit([], () => NatsBroker.connect({ url: broker.url }));
    await kit.start();
  });
  afterAll(async () => {
    await kit.end();
    await broker.stop();
  });

  it('gives what was uploaded, for ever, with headers that keep browsers careful', async () => {
    const bytes = sound(300_000);
    const stored = await kit.upload(bytes, { name: 'bell.wav' });
    const url = `/assets/${sha256(bytes)}.wav`;
    expect([stored.status, jsonOf(stored)]).toEqual([200, { url, hash: sha256(bytes), sizeBytes: 300_000 }]);
    for (const path of [url, `/assets/${sha256(bytes)}`]) {
      const answer = await kit.get(path);
      expect(answer.status).toBe(200);
      expect(answer.body.equals(bytes)).toBe(true);
      expect(answer.headers).toMatchObject({
        'content-type': 'audio/wav',
        'cache-control': 'public, max-age=31536000, immutable',
        etag: `"${sha256(bytes)}"`,
        'accept-ranges': 'bytes',
        'x-content-type-options': 'nosniff',
        'access-control-allow-origin': '*',
        'content-security-policy': expect.stringContaining('sandbox') as unknown as string,
      });
    }
    const head = await kit.ask('HEAD', url);
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '300000', 0]);
    expect((await kit.get(url, { 'if-none-match': `W/"x", "${sha256(bytes)}"` })).status).toBe(304);
  });

  it('gives parts of a file', async () => {
    const bytes = sound(10_000, 2);
    await kit.upload(bytes, { name: 'part.wav' });
    const part = async (range: string, more = {}): Promise<[number, string | undefined, Buffer]> => {
      const { status, headers, body } = await kit.get(`/assets/${sha256(bytes)}.wav`, { range, ...more });
      return [status, headers['content-range'], body];
    };
    expect(await part('bytes=0-99')).toEqual([206, 'bytes 0-99/10000', Buffer.from(bytes.subarray(0, 100))]);
    expect(await part('bytes=9990-')).toEqual([206, 'bytes 9990-9999/10000', Buffer.from(bytes.subarray(9_990))]);
    expect(await part('bytes=-5')).toEqual([206, 'bytes 9995-9999/10000', Buffer.from(bytes.subarray(9_995))]);
    expect(await part('bytes=5000-999999999')).toEqual([
      206,
      'bytes 5000-9999/10000',
      Buffer.from(bytes.subarray(5_000)),
    ]);
    expect((await part('bytes=10000-'))[0]).toBe(416);
    expect((await part('bytes=10000-'))[1]).toBe('bytes */10000');
    for (const odd of ['bytes=9-1', 'bytes=0-1,5-6', 'pages=1-2', 'bytes=x']) expect((await part(odd))[0]).toBe(200);
    expect((await part('bytes=0-99', { 'if-range': '"another"' }))[0]).toBe(200);
    expect((await part('bytes=0-99', { 'if-range': `"${sha256(bytes)}"` }))[0]).toBe(206);
  });

  it('goes on with an upload after the connection was cut', async () => {
    const bytes = sound(500_000, 3);
    const id = idOf(await kit.announce(bytes, { name: 'long.wav' }));
    await new Promise<void>((resolve) => {
      const socket = connect(kit.port, '127.0.0.1', () => {
        socket.write(
          `PATCH /assets/uploads/${id} HTTP/1.1\r\nHost: x\r\nUpload-Offset: 0\r\nContent-Length: 500000\r\n\r\n`,
        );
        socket.write(bytes.subarray(0, 200_000), () => socket.end());
      });
      socket.on('error', () => undefined).on('close', () => resolve());
      socket.resume();
    });
    const { status, headers } = await kit.ask('HEAD', `/assets/uploads/${id}`);
    expect([status, headers['upload-length']]).toEqual([200, '500000']);
    const offset = Number(headers['upload-offset']);
    expect(offset).toBeGreaterThan(0);
    expect(codeOf(await kit.patch(id, offset - 1, bytes))).toBe('upload-offset-wrong');
    const stored = await kit.patch(id, offset, bytes.subarray(offset));
    expect([stored.status, jsonOf(stored).hash]).toEqual([200, sha256(bytes)]);
    expect((await kit.get(`/assets/${sha256(bytes)}`)).body.equals(bytes)).toBe(true);
  });

  it('goes on with an upload whose connection hangs: the new one takes over', async () => {
    const bytes = sound(100_000, 4);
    const id = idOf(await kit.announce(bytes, { name: 'hanging.wav' }));
    const socket = connect(kit.port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    socket.write(
      `PATCH /assets/uploads/${id} HTTP/1.1\r\nHost: x\r\nUpload-Offset: 0\r\nContent-Length: 100000\r\n\r\n`,
    );
    socket.write(bytes.subarray(0, 30_000));
    let offset = 0;
    while (offset < 30_000) offset = Number((await kit.ask('HEAD', `/assets/uploads/${id}`)).headers['upload-offset']);
    expect((await kit.patch(id, offset, bytes.subarray(offset))).status).toBe(200);
    socket.destroy();
  });

  it('goes on with an upload after it was started anew', async () => {
    const bytes = sound(50_000, 5);
    const id = idOf(await kit.announce(bytes, { name: 'restart.wav' }));
    expect((await kit.patch(id, 0, bytes.subarray(0, 20_000))).status).toBe(204);
    await kit.stop();
    await kit.start();
    expect((await kit.ask('HEAD', `/assets/uploads/${id}`)).headers['upload-offset']).toBe('20000');
    expect((await kit.patch(id, 20_000, bytes.subarray(20_000))).status).toBe(200);
  });

  it('stores nothing when other bytes come than were announced', async () => {
    const bytes = sound(5_000, 6);
    const wrong = sound(5_000, 7);
    const id = idOf(await kit.announce(bytes, { name: 'wrong.wav' }));
    const refused = await kit.patch(id, 0, wrong);
    expect([refused.status, codeOf(refused)]).toEqual([422, 'asset-hash-mismatch']);
    expect((await kit.ask('HEAD', `/assets/uploads/${id}`)).status).toBe(404);
    for (const hash of [sha256(bytes), sha256(wrong)]) expect((await kit.get(`/assets/${hash}`)).status).toBe(404);
  });

  it('refuses more bytes than were announced', async () => {
    const bytes = sound(5_000, 8);
    const id = idOf(await kit.announce(bytes, { name: 'more.wav' }));
    expect(codeOf(await kit.patch(id, 0, sound(5_001, 8)))).toBe('asset-too-large');
    expect((await kit.get(`/assets/${sha256(bytes)}`)).status).toBe(404);
  });

  it('does not ask for the bytes of a file that it has', async () => {
    const bytes = sound(1_000, 9);
    await kit.upload(bytes, { name: 'twice.wav' });
    const again = await kit.announce(bytes, { name: 'again.wav' }, kit.another);
    expect([again.status, jsonOf(again).hash]).toEqual([200, sha256(bytes)]);
  });

  it.each([
    ['a picture that is none', { name: 'a.png' }, 422, 'asset-type-mismatch'],
    ['a sound announced as a model', { name: 'a.wav', type: 'model/gltf-binary' }, 422, 'asset-type-mismatch'],
    ['a program', { name: 'a.exe' }, 415, 'asset-type-refused'],
    ['a page', { name: 'a.html', type: 'text/html' }, 415, 'asset-type-refused'],
    ['a type that is no word', { name: 'a.wav', type: 'constructor' }, 415, 'asset-type-refused'],
    ['no hash', { sha256: 'x' }, 400, 'asset-request-invalid'],
    ['half a byte', { sizeBytes: 0.5 }, 400, 'asset-request-invalid'],
    ['nothing', { sizeBytes: 0 }, 400, 'asset-request-invalid'],
    ['too much', { sizeBytes: 104_857_601 }, 413, 'asset-too-large'],
    ['a name that is none', { name: 7 }, 400, 'asset-request-invalid'],
  ])('refuses %s', async (_, fields, status, code) => {
    const refused = await kit.upload(sound(2_000, 10), fields);
    expect([refused.status, codeOf(refused)]).toEqual([status, code]);
  });

  it.each(['', 'x', 'Bearer', 'Bearer x', `Bearer ${'x'.repeat(129)}`, 'Basic eDp5'])(
    'takes nothing without a ticket: %j',
    async (authorization) => {
      const headers: Record<string, string> = authorization ? { authorization } : {};
      for (const [method, path] of [
        ['POST', '/assets/uploads'],
        ['PUT', '/assets/at/a.wav'],
        ['DELETE', '/assets/at/a.wav'],
        ['POST', '/assets/rollback/a.wav'],
        ['GET', '/assets/paths'],
        ['DELETE', `/assets/${'0'.repeat(64)}`],
      ]) {
        const refused = await kit.ask(method, path, {
          headers,
          body: method === 'PUT' || method === 'POST' ? '{}' : undefined,
        });
        expect([refused.status, codeOf(refused)]).toEqual([401, 'upload-ticket-invalid']);
      }
    },
  );

  it('gives text compressed to those who take it so', async () => {
    const bytes = text('The same words again and again. '.repeat(1_000));
    await kit.upload(bytes, { name: 'words.txt' });
    const url = `/assets/${sha256(bytes)}.txt`;
    while (jsonOf(await kit.get(`/assets/info/${sha256(bytes)}`)).isPrepared !== true);
    const brotli = await kit.get(url, { 'accept-encoding': 'gzip, deflate, br' });
    expect(brotli.headers).toMatchObject({
      'content-encoding': 'br',
      vary: 'Accept-Encoding',
      etag: `"${sha256(bytes)}-br"`,
    });
    expect(brotliDecompressSync(brotli.body).equals(bytes)).toBe(true);
    const gzip = await kit.get(url, { 'accept-encoding': 'gzip;q=0.5, br;q=0' });
    expect(gunzipSync(gzip.body).equals(bytes)).toBe(true);
    const plain = await kit.get(url);
    expect([plain.headers['content-encoding'], plain.headers['content-type']]).toEqual([
      undefined,
      'text/plain; charset=utf-8',
    ]);
    const part = await kit.get(url, { range: 'bytes=0-7', 'accept-encoding': 'br' });
    expect(part.body.toString()).toBe('The same');
  });

  it('gives drawings that could run something for saving only', async () => {
    const bytes = text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    await kit.upload(bytes, { name: 'a.svg', type: 'image/svg+xml' });
    const { headers } = await kit.get(`/assets/${sha256(bytes)}.svg`);
    expect(headers['content-disposition']).toBe('attachment; filename="file.svg"');
    expect(headers['content-security-policy']).toContain('sandbox');
  });

  it('leads paths to files, remembers where they led, and goes back', async () => {
    const [one, two] = [sound(1_000, 11), sound(1_000, 12)];
    for (const bytes of [one, two]) await kit.upload(bytes, { name: 'b.wav' });
    const put = (bytes: Uint8Array, ticket = kit.person): ReturnType<typeof kit.ask> =>
      kit.ask('PUT', '/assets/at/sounds/bell%20one.wav', { ticket, body: JSON.stringify({ hash: sha256(bytes) }) });
    expect((await kit.get('/assets/at/sounds/bell%20one.wav')).status).toBe(404);
    expect(jsonOf(await put(one))).toMatchObject({ path: 'sounds/bell one.wav', version: 1, hash: sha256(one) });
    expect(jsonOf(await put(one))).toMatchObject({ version: 1 });
    const found = await kit.get('/assets/at/sounds/bell%20one.wav');
    expect([found.status, found.headers.location, found.headers['cache-control']]).toEqual([
      302,
      `../../${sha256(one)}.wav`,
      'no-cache',
    ]);
    expect(codeOf(await put(two, kit.another))).toBe('asset-path-taken');
    expect(jsonOf(await put(two))).toMatchObject({ version: 2 });
    const back = await kit.ask('POST', '/assets/rollback/sounds/bell%20one.wav', {
      ticket: kit.operator,
      body: '{"version":1}',
    });
    expect(jsonOf(back)).toMatchObject({ version: 3, hash: sha256(one), by: 'operator' });
    const { versions } = jsonOf(await kit.get('/assets/versions/sounds/bell%20one.wav'));
    expect(versions).toMatchObject([{ version: 1 }, { version: 2 }, { version: 3 }]);
    const { paths } = jsonOf(await kit.ask('GET', '/assets/paths?prefix=sounds/', { ticket: kit.person }));
    expect(paths).toMatchObject([{ path: 'sounds/bell one.wav', hash: sha256(one) }]);
    const ticket = kit.operator;
    expect(codeOf(await kit.ask('DELETE', `/assets/${sha256(two)}`, { ticket }))).toBe('asset-in-use');
    expect((await kit.ask('DELETE', '/assets/at/sounds/bell%20one.wav', { ticket })).status).toBe(204);
    expect((await kit.get('/assets/at/sounds/bell%20one.wav')).status).toBe(404);
    expect((await kit.ask('DELETE', `/assets/${sha256(two)}`, { ticket })).status).toBe(204);
    expect((await kit.get(`/assets/${sha256(two)}`)).status).toBe(404);
  });

  it.each([
    '/assets/at/../secret',
    '/assets/at/a/../../secret',
    '/assets/at/%2e%2e/secret',
    '/assets/at/..%2fsecret',
    '/assets/at/a%2Fb',
    '/assets/at/',
    '/assets/at//a',
    '/assets/at/a/',
    '/assets/at/%00',
    '/assets/at/%',
    '/assets/at/a%5Cb',
    '/assets/at/%ff',
    `/assets/at/${'a'.repeat(256)}`,
    `/assets/at/${'a/'.repeat(40)}b`,
    '/assets/at/con:',
  ])('knows no path like %s', async (path) => {
    const put = await kit.ask('PUT', path, { ticket: kit.person, body: JSON.stringify({ hash: '0'.repeat(64) }) });
    expect([put.status, codeOf(put)]).toEqual([400, 'asset-path-invalid']);
  });

  it.each([
    '/assets/../../etc/passwd',
    '/assets/x',
    `/assets/${'A'.repeat(64)}`,
    `/assets/${'0'.repeat(64)}/x`,
    '/assets/uploads/../x',
    '/x',
    '/assets/',
  ])('has nothing at %s', async (path) => {
    expect((await kit.get(path)).status).toBe(404);
  });

  it('answers browsers that ask what a page of another host may do', async () => {
    const { status, headers } = await kit.ask('OPTIONS', '/assets/uploads', {
      headers: { origin: 'https://x.example' },
    });
    expect(status).toBe(204);
    expect(headers['access-control-allow-headers']).toContain('Upload-Offset');
    expect(headers['access-control-allow-methods']).toContain('PATCH');
    expect((await kit.ask('PATCH', '/assets/uploads')).status).toBe(405);
  });

  it('gives nobody a file that has changed in the store, not even the beginning of it', async () => {
    const bytes = sound(400_000, 13);
    await kit.upload(bytes, { name: 'rot.wav' });
    const connection = await NatsBroker.connect({ url: broker.url });
    const objects = await connection.objectStore('VW_ASSETS');
    const rotten = bytes.slice();
    rotten[300_000] ^= 1;
    await objects.put(sha256(bytes), rotten);
    await connection.close();
    // Started anew it has nothing of its own.
    await kit.stop();
    await kit.start();
    const answer = await kit.get(`/assets/${sha256(bytes)}.wav`);
    expect([answer.status, codeOf(answer)]).toEqual([500, 'asset-corrupt']);
    expect(await kit.metrics()).toContain('vicinity_asset_corrupt_total 1');
    // Whoever has it still may bring it again.
    expect((await kit.upload(bytes, { name: 'rot.wav' })).status).toBe(200);
    expect((await kit.get(`/assets/${sha256(bytes)}.wav`)).body.equals(bytes)).toBe(true);
  });

  it('gives a file itself when only its compressed form has changed in the store', async () => {
    const bytes = text('Other words, again and again. '.repeat(1_000));
    await kit.upload(bytes, { name: 'words.txt' });
    while (jsonOf(await kit.get(`/assets/info/${sha256(bytes)}`)).isPrepared !== true);
    const url = `/assets/${sha256(bytes)}.txt`;
    const compressed = await kit.get(url, { 'accept-encoding': 'br' });
    await kit.stop();
    const connection = await NatsBroker.connect({ url: broker.url });
    const objects = await connection.objectStore('VW_ASSETS');
    await objects.put(sha256(compressed.body), compressed.body.subarray(1));
    await connection.close();
    await kit.start();
    const answer = await kit.get(url, { 'accept-encoding': 'br' });
    expect([answer.status, answer.headers['content-encoding'], answer.headers.etag]).toEqual([
      200,
      undefined,
      `"${sha256(bytes)}"`,
    ]);
    expect(answer.body.equals(bytes)).toBe(true);
  });
});

describe('The limits of an asset-server', () => {
  const kit = new AssetKit([
    ...[
      '--quota-files-max',
      '3',
      '--quota-bytes-max',
      '1048576',
      '--uploads-open-max',
      '2',
      '--file-bytes-max',
      '600000',
    ],
    ...['--uploads-per-hour', '6', '--types-allowed', 'wav'],
  ]);
  beforeAll(() => kit.start());
  afterAll(() => kit.end());

  it('are kept: type, size, places in the spool, files, bytes, uploads per address', async () => {
    expect(codeOf(await kit.upload(text('hello'), { name: 'a.txt' }))).toBe('asset-type-refused');
    expect(codeOf(await kit.upload(sound(600_001), { name: 'a.wav' }))).toBe('asset-too-large');
    const ids = [];
    for (const seed of [1, 2]) ids.push(idOf(await kit.announce(sound(500_000, seed), { name: 'a.wav' })));
    const full = await kit.announce(sound(100, 3), { name: 'a.wav' });
    expect([full.status, codeOf(full), full.headers['retry-after']]).toEqual([503, 'upload-spool-full', '10']);
    expect((await kit.ask('DELETE', `/assets/uploads/${ids[1]}`)).status).toBe(204);
    expect((await kit.patch(ids[0], 0, sound(500_000, 1))).status).toBe(200);
    expect(codeOf(await kit.announce(sound(600_000, 4), { name: 'a.wav' }))).toBe('asset-quota-full');
    for (const seed of [5, 6]) expect((await kit.upload(sound(100, seed), { name: 'a.wav' })).status).toBe(200);
    expect(codeOf(await kit.announce(sound(100, 7), { name: 'a.wav' }))).toBe('asset-quota-full');
    expect((await kit.ask('DELETE', `/assets/${sha256(sound(100, 5))}`, { ticket: kit.operator })).status).toBe(204);
    expect((await kit.upload(sound(100, 8), { name: 'a.wav' })).status).toBe(200);
    await kit.ask('DELETE', `/assets/${sha256(sound(100, 8))}`, { ticket: kit.operator });
    expect(codeOf(await kit.upload(sound(100, 9), { name: 'a.wav' }))).toBe('upload-rate-limited');
    expect((await kit.upload(sound(100, 9), { name: 'a.wav' }, kit.operator)).status).toBe(200);
  });
});

describe('One address', () => {
  const kit = new AssetKit([
    ...['--uploads-open-max', '4', '--uploads-per-address-max', '2', '--paths-per-hour', '3', '--paths-max', '2'],
    '--trust-forwarded',
  ]);
  beforeAll(() => kit.start());
  afterAll(() => kit.end());

  const announceFrom = (address: string, seed: number): Promise<Answer> => {
    const bytes = sound(100, seed);
    const body = JSON.stringify({ sha256: sha256(bytes), sizeBytes: bytes.length, name: 'a.wav' });
    return kit.ask('POST', '/assets/uploads', { ticket: kit.person, body, headers: { 'x-forwarded-for': address } });
  };

  it('takes no more than its part of the uploads, with however many addresses of one network', async () => {
    expect((await announceFrom('2001:db8::1', 1)).status).toBe(201);
    expect((await announceFrom('2001:db8::2', 2)).status).toBe(201);
    const refused = await announceFrom('2001:db8::3', 3);
    expect([refused.status, codeOf(refused)]).toEqual([429, 'upload-rate-limited']);
    expect((await announceFrom('2001:db8:0:1::1', 3)).status).toBe(201);
  });

  it('changes so many paths within an hour, of which there is a bounded number', async () => {
    const bytes = text('hello');
    await kit.upload(bytes, {}, kit.operator);
    const body = JSON.stringify({ hash: sha256(bytes) });
    const put = (path: string, ticket: string): Promise<Answer> =>
      kit.ask('PUT', `/assets/at/${path}`, { ticket, body });
    expect([await put('a', kit.person), await put('b', kit.person)].map(({ status }) => status)).toEqual([200, 200]);
    const full = await put('c', kit.person);
    expect([full.status, codeOf(full)]).toEqual([507, 'asset-paths-full']);
    expect(codeOf(await put('a', kit.person))).toBe('upload-rate-limited');
    expect((await put('a', kit.operator)).status).toBe(200);
  });
});

describe('An asset-server where visitors may not upload', () => {
  const kit = new AssetKit(['--uploads', 'nobody']);
  beforeAll(() => kit.start());
  afterAll(() => kit.end());

  it('takes files from the operator only', async () => {
    const refused = await kit.upload(sound(100), { name: 'a.wav' });
    expect([refused.status, codeOf(refused)]).toEqual([403, 'upload-not-allowed']);
    expect((await kit.upload(sound(100), { name: 'a.wav' }, kit.operator)).status).toBe(200);
  });
});
