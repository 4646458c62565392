import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlobStore, corrupt, sourceOfBytes, verified } from '@app/assets';
import { BlobCache } from './blob-cache.js';

/** A store of a hundred bytes for each name, which counts how often it is asked. */
class CountingStore implements BlobStore {
  readonly asked: string[] = [];

  async get(hash: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    this.asked.push(hash);
    if (hash === 'missing') return undefined;
    const bytes = sourceOfBytes(new Uint8Array(100).fill(this.asked.length)).open();
    return hash === 'rotten' ? verified('x', bytes, () => corrupt(hash)) : bytes;
  }

  put = async (): Promise<void> => undefined;
  has = async (): Promise<boolean> => true;
  delete = async (): Promise<void> => undefined;
}

describe('BlobCache', () => {
  let folder: string;
  let store: CountingStore;
  let cache: BlobCache;
  const use = async (...names: string[]): Promise<void> => {
    for (const name of names) await (await cache.open(name))?.handle.close();
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vicinity-cache-'));
    store = new CountingStore();
    cache = new BlobCache(folder, store, 300, { onLookup: () => undefined, onSize: () => undefined });
    await cache.start();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('forgets what was not used for longest when it is full', async () => {
    await use('a', 'b', 'c', 'a', 'd', 'a', 'b');
    expect(store.asked).toEqual(['a', 'b', 'c', 'd', 'b']);
    expect(readdirSync(folder).sort()).toEqual(['a', 'b', 'd']);
  });

  it('asks the store once when many want the same file', async () => {
    const blobs = await Promise.all([1, 2, 3, 4].map(() => cache.open('a')));
    for (const blob of blobs) await blob?.handle.close();
    expect(store.asked).toEqual(['a']);
  });

  it('lets readers finish with a file that it forgets', async () => {
    const blob = await cache.open('a');
    await cache.forget('a');
    expect(readdirSync(folder)).toEqual([]);
    expect((await blob?.handle.readFile())?.length).toBe(100);
    await blob?.handle.close();
  });

  it('keeps nothing of a corrupt file, nor of one that is not there', async () => {
    await expect(cache.open('rotten')).rejects.toMatchObject({ code: 'asset-corrupt' });
    expect(await cache.open('missing')).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });
});
