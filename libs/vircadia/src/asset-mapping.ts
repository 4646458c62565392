import { ARCHIVE_ENTRIES_MAX, ARCHIVE_NAME_CHARACTERS_MAX, isWellFormed } from '@app/world';
import { VircadiaError } from './vircadia.errors.js';
import { shown } from './zip-directory.js';

/** The name of a file by its content: SHA-256 as 64 lower-case hexadecimal digits. */
const HASH_PATTERN = /^[0-9a-f]{64}$/;
/** Each part of a path begins with a slash and is not empty. */
const PATH_PATTERN = /^(\/[^/\u0000-\u001f\u007f\\]+)+$/;

/** Whether it names a file by its content. */
export function isAssetHash(text: string): boolean {
  return HASH_PATTERN.test(text);
}

/**
 * Reads the predecessor's map.json or mappings.json: paths of assets, such as `/models/tree.glb`, with the hashes of
 * their content. Fails with `archive-invalid`, which names the path.
 */
export function parseAssetMapping(bytes: Uint8Array): ReadonlyMap<string, string> {
  const entries = Object.entries(parseObject(bytes));
  if (entries.length > ARCHIVE_ENTRIES_MAX) throw invalid(`There are more than ${ARCHIVE_ENTRIES_MAX} paths.`);
  return new Map(
    entries.map(([path, hash]) => {
      if (!isAssetPath(path)) throw invalid(`${shown(path)} is no path.`);
      const digits = typeof hash === 'string' ? hash.toLowerCase() : '';
      if (!isAssetHash(digits)) throw invalid(`${shown(path)} has no SHA-256 hash.`);
      return [path, digits];
    }),
  );
}

/** The bytes of a mapping, sorted by path. */
export function renderAssetMapping(mapping: ReadonlyMap<string, string>): Uint8Array {
  const sorted = [...mapping].sort(([a], [b]) => (a < b ? -1 : 1));
  return new TextEncoder().encode(`${JSON.stringify(Object.fromEntries(sorted), undefined, 4)}\n`);
}

function isAssetPath(path: string): boolean {
  const isGood = PATH_PATTERN.test(path) && path.length <= ARCHIVE_NAME_CHARACTERS_MAX && isWellFormed(path);
  return isGood && !path.split('/').some((part) => part === '.' || part === '..');
}

function parseObject(bytes: Uint8Array): object {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new VircadiaError('archive-invalid', 'The mapping of assets is no JSON.', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('It is no object.');
  return value;
}

function invalid(sentence: string): VircadiaError {
  return new VircadiaError('archive-invalid', `The mapping of assets cannot be read: ${sentence}`);
}
