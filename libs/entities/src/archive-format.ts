import { EntityError } from './entities.errors.js';

/** What world.json says the archive is. */
export const ARCHIVE_FORMAT = 'vicinity-world';
/** Rises when old readers could not read what is written. */
export const ARCHIVE_VERSION = 1;

/** Files of an archive. */
export const ARCHIVE_FILES = {
  world: 'world.json',
  settings: 'settings.json',
  entities: 'entities.ndjson',
  assetPaths: 'asset-paths.json',
} as const;

/** SHA-256 in 64 lower-case hexadecimal digits: the name under which an asset's bytes are known. */
export type AssetHash = string;

const ASSET_FILE_PATTERN = /^assets\/([0-9a-f]{64})(?:\.[a-z0-9]{1,8})?$/;

/** Name of the file with an asset's bytes; the ending, which says whether compressing helps, is that of its path. */
export function assetFileOf(hash: AssetHash, path: string): string {
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(path)?.[0].toLowerCase() ?? '';
  return `assets/${hash}${ending}`;
}

/** Which asset's bytes are in a file; undefined for other files. */
export function assetOfFile(name: string): AssetHash | undefined {
  return ASSET_FILE_PATTERN.exec(name)?.[1];
}

/** Whether a text is a hash of an asset. */
export function isAssetHash(text: unknown): text is AssetHash {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);
}

/** What is wrong with an archive, and in which of its files. */
export function invalidArchive(file: string, why: string, cause?: unknown): EntityError {
  return new EntityError('archive-invalid', `${file}: ${why}`, { cause });
}
