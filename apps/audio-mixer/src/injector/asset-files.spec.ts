import { afterAll, describe, expect, it } from '@jest/globals';
import { ASSET_PATHS, type AssetStoreSettings, assetStoreSettings, openBlobStore, sourceOfBytes } from '@app/assets';
import { MemoryBus } from '@app/broker';
import { loadSettings } from '@app/settings';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssetFiles } from './asset-files.js';
import { DomainSoundFiles } from './sound-files.js';

const BYTES = Buffer.from('RIFF and so on');
const HASH = createHash('sha256').update(BYTES).digest('hex');

describe('Sound files of the domain', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vicinity-sounds-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const stores: Record<string, string[]> = {
    'in the broker': [],
    'in a folder': ['--asset-store', 'folder', '--asset-store-dir', folder],
  };

  it.each(Object.keys(stores))('are read by path and by hash when they lie %s', async (name) => {
    const broker = new MemoryBus().connect();
    const settings: AssetStoreSettings = loadSettings(assetStoreSettings, { flags: stores[name], variables: {} });
    const store = await openBlobStore(settings, broker);
    await store.put(HASH, sourceOfBytes(BYTES));
    const version = { version: 1, hash: HASH, form: 'original' as const, atMs: 0, by: 'operator' };
    const paths = await broker.keyValue(ASSET_PATHS.bucket);
    await paths.put(ASSET_PATHS.keyOf('sounds/bell.wav'), ASSET_PATHS.encode({ versions: [version] }));
    const files = new DomainSoundFiles(new AssetFiles(broker, () => openBlobStore(settings, broker)), undefined);
    for (const address of ['atp:/sounds/bell.wav', `/assets/${HASH}.wav`]) {
      expect(Buffer.from(await files.load(address))).toEqual(BYTES);
    }
    await expect(files.load('atp:/sounds/../bell.wav')).rejects.toMatchObject({ code: 'sound-url-refused' });
    await broker.close();
  });

  it('are not played when they are damaged, and asked for again when the store was away', async () => {
    const broker = new MemoryBus().connect();
    const flags = stores['in a folder'];
    const settings = loadSettings(assetStoreSettings, { flags, variables: {} });
    let isAway = true;
    const open = (): ReturnType<typeof openBlobStore> =>
      isAway ? Promise.reject(new Error('away')) : openBlobStore(settings, broker);
    const files = new DomainSoundFiles(new AssetFiles(broker, open), undefined);
    await expect(files.load(`/assets/${HASH}`)).rejects.toMatchObject({ code: 'sound-broken' });
    isAway = false;
    expect(Buffer.from(await files.load(`/assets/${HASH}`))).toEqual(BYTES);
    writeFileSync(join(folder, HASH.slice(0, 2), HASH), 'other bytes');
    await expect(files.load(`/assets/${HASH}`)).rejects.toMatchObject({ code: 'sound-broken' });
    await broker.close();
  });
});
