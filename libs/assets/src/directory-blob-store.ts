import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AssetStoreError } from './assets.errors.js';
import type { BlobStore } from './blob-store.js';
import { type BlobSource, type ContentHash, corrupt, mismatch, verified } from './content-hash.js';

/** Files in a folder of the file system, which several asset-servers may share: `ab/abcdef…`. */
export class DirectoryBlobStore implements BlobStore {
  static async open(folder: string): Promise<DirectoryBlobStore> {
    await mkdir(folder, { recursive: true });
    return new DirectoryBlobStore(folder);
  }

  private constructor(private readonly folder: string) {}

  async put(hash: ContentHash, source: BlobSource): Promise<void> {
    const path = this.pathOf(hash);
    const draft = `${path}.${randomBytes(6).toString('hex')}.part`;
    try {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(draft, 'wx', 0o644);
      try {
        for await (const chunk of verified(hash, source.open(), mismatch)) await writeAll(file, chunk);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw inOurWords(error);
    }
  }

  async get(hash: ContentHash): Promise<AsyncIterable<Uint8Array> | undefined> {
    const path = this.pathOf(hash);
    if (!(await this.has(hash))) return undefined;
    return verified(hash, translated(createReadStream(path)), () => corrupt(hash));
  }

  async has(hash: ContentHash): Promise<boolean> {
    return access(this.pathOf(hash)).then(
      () => true,
      () => false,
    );
  }

  async delete(hash: ContentHash): Promise<void> {
    await rm(this.pathOf(hash), { force: true }).catch((error: unknown) => {
      throw inOurWords(error);
    });
  }

  private pathOf(hash: ContentHash): string {
    return join(this.folder, hash.slice(0, 2), hash);
  }
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
}

async function* translated(data: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* data;
  } catch (error) {
    throw inOurWords(error);
  }
}

function inOurWords(error: unknown): unknown {
  if (error instanceof AssetStoreError) return error;
  return new AssetStoreError('asset-store-unavailable', 'The folder of files cannot be used.', { cause: error });
}
