import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Broker, MemoryBus, NatsBroker } from '@app/broker';
import { type NatsServer, startNatsServer } from '@app/testing';
import { sourceOfBytes } from './content-hash.js';
import { DirectoryBlobStore } from './directory-blob-store.js';
import { ObjectBlobStore } from './object-blob-store.js';
import { S3BlobStore } from './s3-blob-store.js';
import { describeBlobStore, sha256, type StoreUnderTest } from './blob-store.contract.js';
import { FakeS3 } from './fake-s3.fixture.js';

const s3Options = (endpoint: string, bucket = 'files'): ConstructorParameters<typeof S3BlobStore>[0] => ({
  bucket,
  region: 'us-east-1',
  endpoint,
  prefix: 'world/',
  credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
});

async function objectStoreOf(broker: Broker, after: () => Promise<void>): Promise<StoreUnderTest> {
  const objects = await broker.objectStore('VW_ASSETS');
  return {
    store: await ObjectBlobStore.open(broker),
    corrupt: async (hash, bytes) => void (await objects.put(hash, bytes)),
    names: async () => (await objects.list('')).map(({ name }) => name),
    breakDown: () => broker.close(),
    close: async () => {
      await broker.close();
      await after();
    },
  };
}

describeBlobStore('Files in an object store in memory', () =>
  objectStoreOf(new MemoryBus().connect(), () => Promise.resolve()),
);

describeBlobStore('Files in the object store of a real broker', async () => {
  const server: NatsServer = await startNatsServer();
  return objectStoreOf(await NatsBroker.connect({ url: server.url }), () => server.stop());
});

describeBlobStore('Files in a folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vicinity-store-'));
  const pathOf = (hash: string): string => join(folder, hash.slice(0, 2), hash);
  return {
    store: await DirectoryBlobStore.open(folder),
    corrupt: async (hash, bytes) => writeFileSync(pathOf(hash), bytes),
    names: async () =>
      (readdirSync(folder, { recursive: true }) as string[])
        .filter((name) => statSync(join(folder, name)).isFile())
        .sort(),
    breakDown: async () => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, 'not a folder any more');
    },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
});

describeBlobStore('Files in a bucket of S3', async () => {
  const s3 = new FakeS3('files');
  const store = new S3BlobStore(s3Options(await s3.start()));
  return {
    store,
    corrupt: async (hash, bytes) => void s3.objects.set(`world/${hash}`, bytes),
    names: async () => [...s3.objects.keys()].sort(),
    breakDown: async () => s3.stop(),
    close: async () => {
      store.close();
      s3.stop();
    },
  };
});

describe('A bucket of S3', () => {
  const s3 = new FakeS3('files');
  let url: string;
  beforeAll(async () => {
    url = await s3.start();
  });
  afterAll(() => s3.stop());

  it('that does not exist is no empty one', async () => {
    const store = new S3BlobStore(s3Options(url, 'elsewhere'));
    const hash = sha256(new Uint8Array(1));
    await expect(store.get(hash)).rejects.toMatchObject({ code: 'asset-store-unavailable' });
    await expect(store.put(hash, sourceOfBytes(new Uint8Array(1)))).rejects.toMatchObject({
      code: 'asset-store-unavailable',
    });
    store.close();
  });

  it('is asked for each file under our prefix, once', async () => {
    const store = new S3BlobStore(s3Options(url));
    const bytes = new Uint8Array([1, 2, 3]);
    await store.put(sha256(bytes), sourceOfBytes(bytes));
    expect(s3.requests.filter((line) => line.includes(sha256(bytes)))).toEqual([`PUT world/${sha256(bytes)}`]);
    store.close();
  });
});
