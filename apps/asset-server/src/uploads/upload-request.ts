import { announcedType, type AssetType, type ContentHash, isContentHash } from '@app/assets';
import { ASSET_NAME_CHARACTERS_MAX } from '@app/world';
import { AssetError } from '../asset-server.errors.js';
import { isAssetSize } from './upload-note.js';

/** What a client announces before it sends a file. */
export interface UploadRequest {
  hash: ContentHash;
  sizeBytes: number;
  type: AssetType;
  name: string;
}

/** What may be uploaded. */
export interface UploadRules {
  bytesMax: number;
  /** Extensions of ASSET_TYPES. */
  typesAllowed: readonly string[];
}

/**
 * Checks the JSON of `POST /assets/uploads`: `{ sha256, sizeBytes, type?, name? }`.
 *
 * @throws AssetError  `asset-request-invalid`, `asset-too-large`, `asset-type-refused`
 */
export function readUploadRequest(json: unknown, rules: UploadRules): UploadRequest {
  if (typeof json !== 'object' || json === null) throw invalid('An upload is announced with a JSON object.');
  const { sha256, sizeBytes, type = '', name = '' } = json as Record<string, unknown>;
  if (!isContentHash(sha256)) throw invalid('sha256 must be the hash of the file: 64 small hexadecimal digits.');
  if (typeof type !== 'string' || typeof name !== 'string') throw invalid('type and name must be texts.');
  if (typeof sizeBytes === 'number' && sizeBytes > rules.bytesMax) {
    throw new AssetError('asset-too-large', `A file may have at most ${sizeText(rules.bytesMax)} here.`);
  }
  if (!isAssetSize(sizeBytes)) throw invalid('sizeBytes must be a whole number above 0.');
  const known = announcedType(type.slice(0, ASSET_NAME_CHARACTERS_MAX), name);
  if (!known || !rules.typesAllowed.includes(known.extension)) {
    throw new AssetError('asset-type-refused', 'Files of this type are not taken here.');
  }
  return { hash: sha256, sizeBytes, type: known, name: cleanName(name) };
}

/** As people say it. */
function sizeText(bytes: number): string {
  return bytes < 1_048_576 ? `${bytes} bytes` : `${Math.floor(bytes / 1_048_576)} MiB`;
}

/** The last part of a name, without what could be anything but a name. */
function cleanName(name: string): string {
  const last =
    name
      .replace(/\p{Surrogate}/gu, '')
      .split(/[/\\]/)
      .pop() ?? '';

  return last
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '')
    .slice(0, ASSET_NAME_CHARACTERS_MAX);
}

function invalid(text: string): AssetError {
  return new AssetError('asset-request-invalid', text);
}
