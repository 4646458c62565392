import { type Broker, BrokerError, type ObjectStore } from '@app/broker';
import { AssetStoreError } from './assets.errors.js';
import type { BlobStore } from './blob-store.js';
import { type BlobSource, type ContentHash, corrupt, mismatch, verified } from './content-hash.js';

const BUCKET = 'VW_ASSETS';

/** Files in the broker's object store: nothing to set up, and as durable as the rest of the domain. */
export class ObjectBlobStore implements BlobStore {
  static async open(broker: Broker): Promise<ObjectBlobStore> {
    return new ObjectBlobStore(await broker.objectStore(BUCKET));
  }

  private constructor(private readonly objects: ObjectStore) {}

  async put(hash: ContentHash, source: BlobSource): Promise<void> {
    const bytes = new FailureKeeper(verified(hash, source.open(), mismatch));
    try {
      await this.objects.put(hash, bytes);
    } catch (error) {
      // The broker tells of its own trouble only; what was wrong with the bytes is the better reason.
      throw bytes.failure ?? inOurWords(hash, error);
    }
  }

  async get(hash: ContentHash): Promise<AsyncIterable<Uint8Array> | undefined> {
    const found = await ask(hash, () => this.objects.get(hash));
    return (
      found &&
      translated(
        hash,
        verified(hash, found.data, () => corrupt(hash)),
      )
    );
  }

  async has(hash: ContentHash): Promise<boolean> {
    return (await ask(hash, () => this.objects.info(hash))) !== undefined;
  }

  async delete(hash: ContentHash): Promise<void> {
    await ask(hash, () => this.objects.delete(hash));
  }
}

/** Bytes on their way that remember why they ended too early. */
class FailureKeeper implements AsyncIterable<Uint8Array> {
  failure: unknown;

  constructor(private readonly data: AsyncIterable<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      yield* this.data;
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

async function ask<T>(hash: ContentHash, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw inOurWords(hash, error);
  }
}

async function* translated(hash: ContentHash, data: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* data;
  } catch (error) {
    throw inOurWords(hash, error);
  }
}

function inOurWords(hash: ContentHash, error: unknown): unknown {
  if (!(error instanceof BrokerError)) return error;
  if (error.code === 'broker-object-corrupt') return corrupt(hash, error);
  return new AssetStoreError('asset-store-unavailable', 'The broker’s object store does not answer.', { cause: error });
}
