import type { BlobStore, ContentHash } from '@app/assets';
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that was found to be what its hash says, open for reading. Whoever has it closes it. */
export interface OpenBlob {
  handle: FileHandle;
  sizeBytes: number;
}

/** What the cache counts. */
export interface CacheEvents {
  onLookup(isHit: boolean): void;
  onSize(sizeBytes: number): void;
}

/**
 * Files that were read lately, in a folder of this process. A file enters only as a whole, after its bytes were found to be
 * right, so that no client is given the first half of a corrupt one. The least recently used go first.
 */
export class BlobCache {
  /** Sizes in bytes, least recently used first. */
  private readonly sizes = new Map<ContentHash, number>();
  private readonly fills = new Map<ContentHash, Promise<boolean>>();
  private heldBytes = 0;

  constructor(
    private readonly folder: string,
    private readonly store: BlobStore,
    private readonly bytesMax: number,
    private readonly events: CacheEvents,
  ) {}

  /** Forgets what an earlier process has left. */
  async start(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(this.folder, { recursive: true });
  }

  /** Undefined when the store has no such file; fails as `BlobStore.get` does. */
  async open(hash: ContentHash): Promise<OpenBlob | undefined> {
    const cached = await this.openCached(hash);
    this.events.onLookup(cached !== undefined);
    if (cached) return cached;
    return (await this.fill(hash)) ? this.openCached(hash) : undefined;
  }

  /** Takes over a file whose hash was computed just now. */
  async adopt(hash: ContentHash, path: string, sizeBytes: number): Promise<void> {
    await rename(path, this.pathOf(hash));
    this.keep(hash, sizeBytes);
  }

  async forget(hash: ContentHash): Promise<void> {
    const sizeBytes = this.sizes.get(hash);
    if (sizeBytes === undefined) return;
    this.sizes.delete(hash);
    this.heldBytes -= sizeBytes;
    this.events.onSize(this.heldBytes);
    // Whoever reads it now goes on: an open file outlives its name.
    await rm(this.pathOf(hash), { force: true });
  }

  private async openCached(hash: ContentHash): Promise<OpenBlob | undefined> {
    const sizeBytes = this.sizes.get(hash);
    if (sizeBytes === undefined) return undefined;
    this.sizes.delete(hash);
    this.sizes.set(hash, sizeBytes);
    const handle = await open(this.pathOf(hash), 'r').catch(() => undefined);
    if (!handle) await this.forget(hash);
    return handle && { handle, sizeBytes };
  }

  /** Everybody who asks for a file while it is fetched waits for the same fetch. */
  private fill(hash: ContentHash): Promise<boolean> {
    let fill = this.fills.get(hash);
    if (!fill) {
      fill = this.fetch(hash).finally(() => this.fills.delete(hash));
      this.fills.set(hash, fill);
    }
    return fill;
  }

  private async fetch(hash: ContentHash): Promise<boolean> {
    const data = await this.store.get(hash);
    if (!data) return false;
    const draft = join(this.folder, `${randomBytes(8).toString('hex')}.part`);
    const file = await open(draft, 'wx', 0o600);
    try {
      // The store ends with an error when the bytes are wrong; until then nobody sees them.
      for await (const chunk of data) await file.writeFile(chunk);
      await file.close();
      await this.adopt(hash, draft, (await stat(draft)).size);
      return true;
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(draft, { force: true });
      throw error;
    }
  }

  private keep(hash: ContentHash, sizeBytes: number): void {
    this.heldBytes += sizeBytes - (this.sizes.get(hash) ?? 0);
    this.sizes.delete(hash);
    this.sizes.set(hash, sizeBytes);
    for (const [oldest] of this.sizes) {
      if (this.heldBytes <= this.bytesMax || oldest === hash) break;
      void this.forget(oldest);
    }
    this.events.onSize(this.heldBytes);
  }

  private pathOf(hash: ContentHash): string {
    return join(this.folder, hash);
  }
}
