import { isJsonObject, readJsonObject } from '@app/world';
import { type ContentHash, isContentHash } from './content-hash.js';
import type { RecordFormat } from './record-bucket.js';
import { ASSET_TYPES } from './asset-type.js';

/** Bytes of the same content in another form, stored as a file of their own. */
export interface Variant {
  hash: ContentHash;
  sizeBytes: number;
}

/** What is known of a file. Its hash is the key. */
export interface AssetRecord {
  /** Of ASSET_TYPES. */
  extension: string;
  sizeBytes: number;
  /** What it was called where it came from; only told, never used. */
  name: string;
  /** Milliseconds since 1970-01-01 UTC. */
  storedAtMs: number;
  /** Who has uploaded it first: `operator`, or `person/<world>/<session>`. */
  by: string;
  /** Whether it was looked at for smaller forms. */
  isPrepared: boolean;
  /** The bytes as browsers take them compressed. */
  br?: Variant;
  gzip?: Variant;
  /** A model that looks the same and is smaller; a file of its own right. */
  optimised?: Variant;
}

/** Bytes that a file and its compressed forms take. An optimised model is a file of its own. */
export function storedBytesOf({ sizeBytes, br, gzip }: AssetRecord): number {
  return sizeBytes + (br?.sizeBytes ?? 0) + (gzip?.sizeBytes ?? 0);
}

/** How records of files are kept in the broker. */
export const ASSET_RECORDS: RecordFormat<AssetRecord> = {
  bucket: 'VW_ASSET_FILES',
  keyOf: (hash) => hash,
  idOf: (key) => (isContentHash(key) ? key : undefined),
  encode: encodeRecord,
  decode: decodeRecord,
};

function encodeRecord(record: AssetRecord): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(record));
}

function decodeRecord(bytes: Uint8Array): AssetRecord | undefined {
  const json = readJsonObject(bytes);
  if (typeof json?.extension !== 'string' || !ASSET_TYPES.has(json.extension)) return undefined;
  if (!isSize(json.sizeBytes) || typeof json.storedAtMs !== 'number') return undefined;
  return {
    extension: json.extension,
    sizeBytes: json.sizeBytes,
    storedAtMs: json.storedAtMs,
    name: typeof json.name === 'string' ? json.name : '',
    by: typeof json.by === 'string' ? json.by : '',
    isPrepared: json.isPrepared === true,
    br: variantOf(json.br),
    gzip: variantOf(json.gzip),
    optimised: variantOf(json.optimised),
  };
}

function variantOf(json: unknown): Variant | undefined {
  if (!isJsonObject(json) || !isContentHash(json.hash) || !isSize(json.sizeBytes)) return undefined;
  return { hash: json.hash, sizeBytes: json.sizeBytes };
}

function isSize(json: unknown): json is number {
  return Number.isSafeInteger(json) && (json as number) >= 0;
}
