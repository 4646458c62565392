import { ASSET_PATHS, type BlobStore, currentOf } from '@app/assets';
import type { Broker, KeyValue } from '@app/broker';
import { CodedError, readAssetPath, SOUND_BYTES_MAX } from '@app/world';
import { SoundError } from './injector.errors.js';

/** Gets a file from an asset-server itself. Rejects with SoundError. */
export type FetchAsset = (hash: string) => Promise<Uint8Array<ArrayBuffer>>;

/** Files that were uploaded to this domain, read from where the asset-servers keep them. */
export class AssetFiles {
  private readonly paths: () => Promise<KeyValue>;
  private readonly store: () => Promise<BlobStore>;

  /**
   * @param openStore   the store that the asset-servers use; opened when the first file is read
   * @param fetchAsset  where that store cannot be reached from here
   */
  constructor(
    broker: Broker,
    openStore: () => Promise<BlobStore>,
    private readonly fetchAsset?: FetchAsset,
  ) {
    this.paths = once(() => broker.keyValue(ASSET_PATHS.bucket));
    this.store = once(openStore);
  }

  /** The hash of what a path leads to at this moment; undefined for nowhere. Rejects with BrokerError. */
  async hashAt(text: string): Promise<string | undefined> {
    const path = readAssetPath(text);
    if (path === undefined) return undefined;
    const entry = await (await this.paths()).get(ASSET_PATHS.keyOf(path));
    const record = entry && ASSET_PATHS.decode(entry.value);
    return record && currentOf(record).hash;
  }

  /** The bytes with this hash; undefined when they are not here. Rejects with SoundError, AssetStoreError or BrokerError. */
  async read(hash: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.fetchAsset) return this.fetchAsset(hash);
    const data = await (await this.store()).get(hash);
    return data && gatherBytes(data, 0);
  }
}

/** What fails once is tried again by the next one who asks. */
function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

/** All bytes of a file; 0 when its size was not announced. Rejects with `sound-too-large` before it reads more than allowed. */
export async function gatherBytes(
  pieces: AsyncIterable<Uint8Array>,
  announcedBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (announcedBytes > SOUND_BYTES_MAX) throw tooLarge();
  let bytes = new Uint8Array(announcedBytes);
  let size = 0;
  for await (const piece of pieces) {
    if (size + piece.length > SOUND_BYTES_MAX) throw tooLarge();
    if (size + piece.length > bytes.length) {
      const larger = new Uint8Array(Math.min(SOUND_BYTES_MAX, Math.max(65_536, 2 * (size + piece.length))));
      larger.set(bytes.subarray(0, size));
      bytes = larger;
    }
    bytes.set(piece, size);
    size += piece.length;
  }
  return size === bytes.length ? bytes : bytes.slice(0, size);
}

function tooLarge(): SoundError {
  return new SoundError('sound-too-large', `A sound file has at most ${SOUND_BYTES_MAX} bytes.`);
}

/** Whether it was the broker or the store that failed, so that trying again helps. */
export function isStoreAway(error: unknown): boolean {
  return error instanceof CodedError && error.retryable;
}
