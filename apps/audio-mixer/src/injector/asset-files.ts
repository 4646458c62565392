import { type Broker, BrokerError, type KeyValue, type ObjectStore } from '@app/broker';
import { SOUND_BYTES_MAX } from '@app/world';
import { createHash } from 'node:crypto';
import { SoundError } from './injector.errors.js';

/** Where asset-servers keep files, under the SHA-256 of their bytes. */
const FILES = 'VW_ASSETS';
/** Which path leads to which file: keys are paths as base64url, values are JSON with the versions of a path. */
const PATHS = 'VW_ASSET_PATHS';
const HASH = /^[0-9a-f]{64}$/;

/** Gets a file from an asset-server itself. Rejects with SoundError. */
export type FetchAsset = (hash: string) => Promise<Uint8Array<ArrayBuffer>>;

/** Files that were uploaded to this domain, read from where the asset-servers keep them. */
export class AssetFiles {
  private files: Promise<ObjectStore> | undefined;
  private paths: Promise<KeyValue> | undefined;

  /** @param fetchAsset  where asset-servers do not keep their files in the broker */
  constructor(
    private readonly broker: Broker,
    private readonly fetchAsset?: FetchAsset,
  ) {}

  /** The hash of what a path leads to at this moment; undefined for nowhere. Rejects with BrokerError. */
  async hashAt(path: string): Promise<string | undefined> {
    const key = Buffer.from(path.normalize('NFC').replace(/^\/+/, ''), 'utf8').toString('base64url');
    // What fails once is tried again by the next one who asks.
    this.paths ??= this.broker.keyValue(PATHS).catch((error: unknown) => {
      this.paths = undefined;
      throw error;
    });
    const entry = await (await this.paths).get(key);
    return entry && readHash(entry.value);
  }

  /** The bytes with this hash; undefined when they are not here. Rejects with SoundError or BrokerError. */
  async read(hash: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const digest = createHash('sha256');
    const bytes = this.fetchAsset
      ? await this.fetchAsset(hash)
      : await this.readStored(hash, (piece) => digest.update(piece));
    if (!bytes || this.fetchAsset || digest.digest('hex') === hash) return bytes;
    throw new SoundError('sound-broken', 'The stored file is not the one that was uploaded.');
  }

  private async readStored(
    hash: string,
    onPiece: (piece: Uint8Array) => void,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.files ??= this.broker.objectStore(FILES).catch((error: unknown) => {
      this.files = undefined;
      throw error;
    });
    const found = await (await this.files).get(hash);
    return found && gatherBytes(found.data, found.sizeBytes, onPiece);
  }
}

/**
 * All bytes of a file whose size was announced. Rejects with `sound-too-large` before it reads more than allowed.
 *
 * @param onPiece  told each piece as it comes, so that nothing has to go through all of a large file at once
 */
export async function gatherBytes(
  pieces: AsyncIterable<Uint8Array>,
  announcedBytes: number,
  onPiece: (piece: Uint8Array) => void = () => undefined,
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
    onPiece(piece);
    bytes.set(piece, size);
    size += piece.length;
  }
  return size === bytes.length ? bytes : bytes.slice(0, size);
}

function tooLarge(): SoundError {
  return new SoundError('sound-too-large', `A sound file has at most ${SOUND_BYTES_MAX} bytes.`);
}

/** The newest version's hash in what an asset-server has written about a path. */
function readHash(value: Uint8Array): string | undefined {
  try {
    const { versions } = JSON.parse(new TextDecoder().decode(value)) as { versions: { hash: unknown }[] };
    const hash = versions.at(-1)?.hash;
    return typeof hash === 'string' && HASH.test(hash) ? hash : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it was the broker that failed, so that trying again helps. */
export function isBrokerAway(error: unknown): boolean {
  return error instanceof BrokerError && error.retryable;
}
