import { encodeAssetPath, isWellFormed } from '@app/world';
import type { Clock } from '../clock.js';
import { clientFailure } from '../errors.js';
import { type AssetPlace, assetBaseUrlOf, resolveAssetUrl } from './asset-address.js';
import { askAssets, type Fetch } from './asset-requests.js';
import { type UploadedAsset, uploadFile } from './upload.js';

/** How a file is uploaded. */
export interface UploadOptions {
  /** What it is called; its end tells what it is where the browser does not know. Default: the file's own name. */
  name?: string;
  /** A path under which it can be found afterwards: `models/chair.glb` for `atp:/models/chair.glb`. Default: none. */
  path?: string;
  /** Told while it goes: the part that has arrived, 0 to 1. */
  onProgress?: (fraction: number) => void;
  /** Gives the upload up. */
  signal?: AbortSignal;
}

/** Files of the domain: models, pictures, sounds. They are there for everybody, by the hash of their content. */
export class Assets {
  private place: AssetPlace = { serverUrl: '', assetsUrl: '', assetsPort: 0 };
  private ticket = '';

  constructor(
    private readonly clock: Clock,
    private readonly fetch: Fetch,
  ) {}

  /** The asset-server's URL, without a slash at its end; empty before joining, and where there is none. */
  get baseUrl(): string {
    return assetBaseUrlOf(this.place);
  }

  /** Whether this person may upload files here. */
  get isUploadAllowed(): boolean {
    return this.ticket !== '' && this.baseUrl !== '';
  }

  /**
   * Where to load what an entity names: `atp:/path` and `/assets/…` as absolute URLs of the asset-server, everything else
   * as it is. Empty when it leads nowhere.
   */
  resolve(url: string): string {
    return resolveAssetUrl(url, this.baseUrl);
  }

  /**
   * Stores a file for everybody. An interruption costs nothing but time; a file that is there already costs nothing at all.
   * Fails with a VicinityError whose message can be shown as it is.
   */
  async upload(file: Blob, options: UploadOptions = {}): Promise<UploadedAsset> {
    if (!this.isUploadAllowed) throw clientFailure('assets-unavailable');
    const name = options.name ?? (typeof File !== 'undefined' && file instanceof File ? file.name : '');
    const ground = {
      clock: this.clock,
      fetch: this.fetch,
      baseUrl: this.baseUrl,
      ticket: () => this.ticket,
      onProgress: options.onProgress ?? (() => undefined),
      signal: options.signal,
    };
    const uploaded = await uploadFile(ground, file, name);
    return options.path === undefined ? uploaded : this.give(uploaded, options.path, options.signal);
  }

  /** What the gateway has said; for the client alone. */
  handleWelcome(place: AssetPlace, ticket: string): void {
    this.place = place;
    this.ticket = ticket;
  }

  /** A newer ticket; for the client alone. */
  handleTicket(ticket: string): void {
    this.ticket = ticket;
  }

  private async give(uploaded: UploadedAsset, path: string, signal?: AbortSignal): Promise<UploadedAsset> {
    const escaped = encodePath(path.replace(/^(atp:)?\/*/i, ''));
    await askAssets(this.fetch, `${this.baseUrl}/assets/at/${escaped}`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${this.ticket}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ hash: uploaded.hash }),
      signal,
    });
    return { ...uploaded, url: `atp:/${escaped}` };
  }
}

/** What cannot be a path is refused by the server, which says why. */
function encodePath(path: string): string {
  return encodeAssetPath(isWellFormed(path) ? path : '');
}
