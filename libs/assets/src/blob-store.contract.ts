import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { BlobStore } from './blob-store.js';
import { type BlobSource, sourceOfBytes } from './content-hash.js';

/** A store, and what a suite may do behind its back. */
export interface StoreUnderTest {
  store: BlobStore;
  /** Puts other bytes where a file is. */
  corrupt(hash: string, bytes: Uint8Array): Promise<void>;
  /** Names of everything that is there. */
  names(): Promise<string[]>;
  /** Makes the store unreachable; nothing is asked of it afterwards. */
  breakDown(): Promise<void>;
  close(): Promise<void>;
}

/** The SHA-256 of some bytes. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const noise = (count: number, seed: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, index) => (Math.imul(index + 1, 2_654_435_761 + 2 * seed) >>> 13) & 0xff);

async function readAll(data: AsyncIterable<Uint8Array> | undefined): Promise<Uint8Array | undefined> {
  if (!data) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of data) chunks.push(Uint8Array.from(chunk));
  return Uint8Array.from(Buffer.concat(chunks));
}

/** What every store of files must do. */
export function describeBlobStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let test: StoreUnderTest;
    let store: BlobStore;
    beforeAll(async () => {
      test = await open();
      store = test.store;
    });
    afterAll(() => test.close());

    it.each([1, 1_000, 131_072, 1_500_000])('gives back what it was given: %i bytes', async (count) => {
      const bytes = noise(count, 1);
      const hash = sha256(bytes);
      expect(await store.has(hash)).toBe(false);
      await store.put(hash, sourceOfBytes(bytes));
      expect(await store.has(hash)).toBe(true);
      expect(Buffer.from((await readAll(await store.get(hash))) ?? []).equals(bytes)).toBe(true);
    });

    it('has nothing that it was not given', async () => {
      const hash = sha256(noise(10, 2));
      expect(await store.get(hash)).toBeUndefined();
      expect(await store.has(hash)).toBe(false);
      await store.delete(hash);
    });

    it('takes the same file twice, also at the same time', async () => {
      const bytes = noise(200_000, 3);
      const hash = sha256(bytes);
      await Promise.all([1, 2, 3].map(() => store.put(hash, sourceOfBytes(bytes))));
      expect(Buffer.from((await readAll(await store.get(hash))) ?? []).equals(bytes)).toBe(true);
    });

    it('forgets what was deleted', async () => {
      const bytes = noise(1_000, 4);
      const hash = sha256(bytes);
      await store.put(hash, sourceOfBytes(bytes));
      await store.delete(hash);
      expect([await store.has(hash), await store.get(hash)]).toEqual([false, undefined]);
    });

    it('stores nothing that is not what its name says', async () => {
      const hash = sha256(noise(300_000, 5));
      const before = await test.names();
      await expect(store.put(hash, sourceOfBytes(noise(300_000, 6)))).rejects.toMatchObject({
        code: 'asset-hash-mismatch',
      });
      expect(await store.has(hash)).toBe(false);
      expect(await test.names()).toEqual(before);
    });

    it('stores nothing of a file whose bytes end with an error', async () => {
      const bytes = noise(300_000, 7);
      const hash = sha256(bytes);
      const source: BlobSource = {
        sizeBytes: bytes.length,
        open: async function* () {
          yield bytes.subarray(0, 200_000);
          throw new Error('The disk is gone.');
        },
      };
      await expect(store.put(hash, source)).rejects.toThrow();
      expect(await store.has(hash)).toBe(false);
    });

    it.each([
      [
        'one bit is another',
        (bytes: Uint8Array): Uint8Array => bytes.map((byte, at) => (at === 150_000 ? byte ^ 1 : byte)),
      ],
      ['the end is missing', (bytes: Uint8Array): Uint8Array => bytes.subarray(0, 150_000)],
      ['there is more', (bytes: Uint8Array): Uint8Array => Uint8Array.from([...bytes, 0])],
      ['nothing is left', (): Uint8Array => new Uint8Array(0)],
    ])('says so when %s, and is mended by storing the file again', async (_, spoil) => {
      const bytes = noise(200_000, 8);
      const hash = sha256(bytes);
      await store.put(hash, sourceOfBytes(bytes));
      await test.corrupt(hash, spoil(bytes));
      await expect(store.get(hash).then(readAll)).rejects.toMatchObject({ code: 'asset-corrupt' });
      await store.put(hash, sourceOfBytes(bytes));
      expect(Buffer.from((await readAll(await store.get(hash))) ?? []).equals(bytes)).toBe(true);
    });

    it('can be read partly, and by many at once', async () => {
      const bytes = noise(800_000, 9);
      const hash = sha256(bytes);
      await store.put(hash, sourceOfBytes(bytes));
      for await (const chunk of (await store.get(hash)) as AsyncIterable<Uint8Array>) {
        expect(Buffer.from(chunk).equals(bytes.subarray(0, chunk.length))).toBe(true);
        break;
      }
      const all = await Promise.all([1, 2, 3, 4].map(async () => readAll(await store.get(hash))));
      for (const read of all) expect(Buffer.from(read ?? []).equals(bytes)).toBe(true);
    });

    it('says that it is unavailable when it is', async () => {
      const bytes = noise(1_000, 10);
      await test.breakDown();
      await expect(store.put(sha256(bytes), sourceOfBytes(bytes))).rejects.toMatchObject({
        code: 'asset-store-unavailable',
        retryable: true,
      });
    }, 30_000);
  });
}
