import { keyOfPath, pathOfKey } from './asset-path.js';
import type { RecordFormat } from './record-bucket.js';
import { isJsonObject, readJsonObject } from '@app/world';
import { type ContentHash, isContentHash } from './content-hash.js';

/** Whether a path leads to the file as it was uploaded, or to the optimised one as soon as there is one. */
export type PathForm = 'original' | 'optimised';

/** What a path has led to at some time. */
export interface PathVersion {
  /** Counts up from 1; never used twice for one path. */
  version: number;
  hash: ContentHash;
  form: PathForm;
  /** Milliseconds since 1970-01-01 UTC. */
  atMs: number;
  /** As in AssetRecord. */
  by: string;
}

/** What a path leads to: the last of its versions. A rollback adds a version that is equal to an earlier one. */
export interface PathRecord {
  /** Oldest first; never empty. */
  versions: readonly PathVersion[];
}

/** The version that counts. */
export function currentOf({ versions }: PathRecord): PathVersion {
  return versions[versions.length - 1];
}

/** With one more version; the oldest ones beyond the limit are forgotten. Pure. */
export function withVersion(
  record: PathRecord | undefined,
  next: Omit<PathVersion, 'version'>,
  versionsMax: number,
): PathRecord {
  const version = record ? currentOf(record).version + 1 : 1;
  return { versions: [...(record?.versions ?? []), { version, ...next }].slice(-versionsMax) };
}

/** How paths are kept in the broker. */
export const ASSET_PATHS: RecordFormat<PathRecord> = {
  bucket: 'VW_ASSET_PATHS',
  keyOf: keyOfPath,
  idOf: pathOfKey,
  encode: encodePathRecord,
  decode: decodePathRecord,
};

function encodePathRecord(record: PathRecord): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(record));
}

function decodePathRecord(bytes: Uint8Array): PathRecord | undefined {
  const list = readJsonObject(bytes)?.versions;
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const versions = list.map(versionOf).filter((version) => version !== undefined);
  return versions.length === list.length ? { versions } : undefined;
}

function versionOf(json: unknown): PathVersion | undefined {
  if (!isJsonObject(json)) return undefined;
  const { version, hash, form, atMs, by } = json;
  if (!Number.isSafeInteger(version) || !isContentHash(hash) || typeof atMs !== 'number') return undefined;
  return {
    version: version as number,
    hash,
    form: form === 'optimised' ? 'optimised' : 'original',
    atMs,
    by: typeof by === 'string' ? by : '',
  };
}
