import type { AssetFiles } from './asset-files.js';
import { isStoreAway } from './asset-files.js';
import { SoundError } from './injector.errors.js';
import { readSoundAddress, type SoundAddress } from './sound-address.js';
import type { WebFiles } from './web-files.js';

/** Gets the bytes of sounds. */
export interface SoundFiles {
  /** Rejects with SoundError. The bytes are the caller's alone. */
  load(url: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** Sounds from the domain's own files, and from the web if that is allowed. */
export class DomainSoundFiles implements SoundFiles {
  /** @param web  undefined when only own files are played */
  constructor(
    private readonly assets: AssetFiles,
    private readonly web: WebFiles | undefined,
  ) {}

  async load(url: string): Promise<Uint8Array<ArrayBuffer>> {
    const address = readSoundAddress(url);
    if (!address) throw new SoundError('sound-url-refused', 'The address is none that sounds can have.');
    try {
      return await this.read(address);
    } catch (error) {
      if (error instanceof SoundError) throw error;
      const code = isStoreAway(error) ? 'sound-unavailable' : 'sound-broken';
      throw new SoundError(code, 'The file cannot be read.', { cause: error });
    }
  }

  private async read(address: SoundAddress): Promise<Uint8Array<ArrayBuffer>> {
    if (address.kind !== 'web') {
      const hash = address.kind === 'content' ? address.hash : await this.assets.hashAt(address.path);
      const bytes = hash && (await this.assets.read(hash));
      if (bytes) return bytes;
    }
    const { webUrl } = address;
    if (webUrl === undefined) throw new SoundError('sound-not-found', 'There is no such file in this domain.');
    if (this.web) return this.web.read(webUrl);
    // An own file's address may begin with a name of ours that this process does not know.
    if (address.kind !== 'web') throw new SoundError('sound-not-found', 'There is no such file in this domain.');
    throw new SoundError('sound-url-refused', 'Files from the web are not played here: see soundsFromWeb.');
  }
}
