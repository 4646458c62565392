import { describe, expect, it } from '@jest/globals';
import { MemoryBus } from '@app/broker';
import { loadSettings } from '@app/settings';
import { readdirSync, readFileSync } from 'node:fs';
import { assetStoreSettings } from './asset-store.settings.js';
import { openBlobStore } from './open-blob-store.js';

describe('The store that an operator has chosen', () => {
  it.each([
    ['folder', 'assetStoreDir'],
    ['s3', 's3Bucket'],
  ])('needs its settings: %s', async (store, missing) => {
    const settings = loadSettings(assetStoreSettings, { flags: ['--asset-store', store], variables: {} });
    await expect(openBlobStore(settings, new MemoryBus().connect())).rejects.toMatchObject({
      code: 'asset-store-misconfigured',
      message: `The store ${store} needs the setting ${missing}.`,
    });
  });

  it('is all that is loaded: Amazon’s SDK takes time and memory of whoever does not use it', () => {
    const folder = new URL('.', import.meta.url);
    const users = readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && !/spec/.test(name) && name !== 's3-blob-store.ts')
      .filter((name) => /from '(\.\/s3-blob-store\.js|@aws-sdk)/.test(readFileSync(new URL(name, folder), 'utf8')));
    expect(users).toEqual([]);
  });
});
