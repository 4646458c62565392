import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SimClock } from '@app/testing';
import { Assets } from '../../../web/sdk/src/assets/assets.js';
import { AssetKit, sha256 } from './asset-kit.js';

const soundOf = (count: number, seed: number): Uint8Array => {
  const bytes = Uint8Array.from({ length: count }, (_, index) => Math.imul(index + seed, 40_503) & 0xff);
  bytes.set(new TextEncoder().encode('RIFF\0\0\0\0WAVE'));
  return bytes;
};

describe('The SDK and the asset-server', () => {
  const kit = new AssetKit();
  let clock: SimClock;
  let assets: Assets;
  /** Asked before each request: what goes wrong with it. */
  let misfortune: (method: string, count: number) => 'lost' | 'answer lost' | undefined;
  let requests: string[];
  let underWay = 0;

  beforeAll(() => kit.start());
  afterAll(() => kit.end());
  beforeEach(() => {
    clock = new SimClock();
    misfortune = () => undefined;
    requests = [];
    assets = new Assets(clock, async (url, init) => {
      const method = init.method as string;
      requests.push(method);
      const trouble = misfortune(method, requests.length);
      if (trouble === 'lost') throw new TypeError('Failed to fetch');
      underWay++;
      const response = await fetch(url, init).finally(() => underWay--);
      if (trouble === 'answer lost') throw new TypeError('network error');
      return response;
    });
    assets.handleWelcome({ serverUrl: 'http://127.0.0.1:40100/', assetsUrl: '', assetsPort: kit.port }, kit.person);
  });

  const download = async (url: string): Promise<Buffer> =>
    Buffer.from(await (await fetch(assets.resolve(url))).arrayBuffer());
  /** Waits for an upload, and lets time pass while nothing happens: a real server takes real time. */
  const settle = async <T>(upload: Promise<T>): Promise<T> => {
    let isOver = false;
    upload.finally(() => (isOver = true)).catch(() => undefined);
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      if (underWay === 0) await clock.advanceAsync(50);
    }
    return upload;
  };

  it('bring a file up in pieces and down again', async () => {
    const bytes = soundOf(2_500_000, 1);
    const fractions: number[] = [];
    const file = new File([bytes], 'bell.wav');
    const uploaded = await assets.upload(file, { onProgress: (fraction) => fractions.push(fraction) });
    expect(uploaded).toEqual({ url: `/assets/${sha256(bytes)}.wav`, hash: sha256(bytes), sizeBytes: 2_500_000 });
    expect(fractions).toEqual([1_048_576 / 2_500_000, 2_097_152 / 2_500_000, 1]);
    expect((await download(uploaded.url)).equals(bytes)).toBe(true);
  });

  it('give a file a path', async () => {
    const bytes = soundOf(1_000, 2);
    const uploaded = await assets.upload(new Blob([bytes]), { name: 'a.wav', path: 'my sounds/a#1.wav' });
    expect(uploaded.url).toBe('atp:/my%20sounds/a%231.wav');
    expect((await download(uploaded.url)).equals(bytes)).toBe(true);
  });

  it('survive requests that are lost, and answers that are', async () => {
    const bytes = soundOf(5_000_000, 3);
    misfortune = (_, count) => (count % 3 === 0 ? 'answer lost' : count % 4 === 0 ? 'lost' : undefined);
    const uploaded = await settle(assets.upload(new Blob([bytes]), { name: 'a.wav' }));
    expect((await download(uploaded.url)).equals(bytes)).toBe(true);
    expect(requests).toContain('HEAD');
  });

  it('lose nothing when the last answer is lost', async () => {
    const bytes = soundOf(1_000, 4);
    misfortune = (method, count) => (method === 'PATCH' && count === 2 ? 'answer lost' : undefined);
    const uploaded = await settle(assets.upload(new Blob([bytes]), { name: 'a.wav' }));
    expect(requests).toEqual(['POST', 'PATCH', 'HEAD', 'POST']);
    expect(uploaded.hash).toBe(sha256(bytes));
  });

  it('give up after two minutes without any progress, with a sentence', async () => {
    misfortune = () => 'lost';
    const upload = assets.upload(new Blob([soundOf(100, 5)]), { name: 'a.wav' });
    await expect(settle(upload)).rejects.toMatchObject({ code: 'assets-unreachable', retryable: true });
    expect(clock.nowMs()).toBeLessThan(130_000);
  });

  it('tell at once what is refused', async () => {
    const upload = assets.upload(new Blob([soundOf(100, 6)]), { name: 'a.exe' });
    await expect(upload).rejects.toMatchObject({ code: 'asset-type-refused', retryable: false });
    const liar = assets.upload(new Blob([soundOf(100, 6)]), { name: 'a.png' });
    await expect(liar).rejects.toMatchObject({ code: 'asset-type-mismatch' });
    assets.handleTicket('');
    await expect(assets.upload(new Blob(['x']))).rejects.toMatchObject({ code: 'assets-unavailable' });
  });
});
