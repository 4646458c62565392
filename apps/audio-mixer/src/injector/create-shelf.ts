import { type AssetStoreSettings, openBlobStore } from '@app/assets';
import type { Broker } from '@app/broker';
import type { Clock } from '@app/clock';
import { AssetFiles } from './asset-files.js';
import { ThreadSoundDecoder } from './sound-decoder.js';
import { DomainSoundFiles } from './sound-files.js';
import { SoundShelf, type TellLoad } from './sound-shelf.js';
import { WebFiles } from './web-files.js';

const BYTES_PER_MB = 1_048_576;

/** What an operator chooses about sound files. */
export interface ShelfOptions {
  /** Memory for decoded sounds, in MiB. */
  memoryMb: number;
  /** Whether files may come from anywhere on the web. */
  isWebAllowed: boolean;
  /** Where asset-servers keep their files. */
  assetStore: AssetStoreSettings;
  /** Where asset-servers answer whose store cannot be reached from here. */
  assetsUrl: string | undefined;
}

/** The shelf as it runs: files of the domain, decoded in a thread. */
export function createShelf(broker: Broker, clock: Clock, options: ShelfOptions, tell: TellLoad): SoundShelf {
  const { memoryMb, isWebAllowed, assetStore, assetsUrl } = options;
  // The operator has named this address, so it may be a private one.
  const own = assetsUrl === undefined ? undefined : new WebFiles(clock, () => true);
  const assets = new AssetFiles(
    broker,
    () => openBlobStore(assetStore, broker),
    own && ((hash) => own.read(`${assetsUrl}/assets/${hash}`)),
  );
  const files = new DomainSoundFiles(assets, isWebAllowed ? new WebFiles(clock) : undefined);
  return new SoundShelf(files, new ThreadSoundDecoder(clock), clock, memoryMb * BYTES_PER_MB, tell);
}
