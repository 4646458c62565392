import { ASSET_TYPES, isContentHash } from '@app/assets';
import { ASSET_BYTES_MAX, ASSET_NAME_CHARACTERS_MAX, readJsonObject } from '@app/world';
import type { Announcement } from '../files/asset-library.js';

/** What lies beside the bytes of an upload, for the process after this one. */
export interface UploadNote {
  announced: Announcement;
  /** The network that it comes from; empty for the operator. */
  network: string;
}

export function encodeUploadNote({ announced, network }: UploadNote): Uint8Array {
  const { hash, sizeBytes, type, name, by } = announced;
  return new TextEncoder().encode(JSON.stringify({ hash, sizeBytes, extension: type.extension, name, by, network }));
}

/** Undefined for anything that cannot be an announcement. */
export function decodeUploadNote(bytes: Uint8Array): UploadNote | undefined {
  const json = readJsonObject(bytes);
  if (!json) return undefined;
  const { hash, sizeBytes, extension, name, by, network } = json;
  const type = typeof extension === 'string' ? ASSET_TYPES.get(extension) : undefined;
  if (!type || !isContentHash(hash) || !isAssetSize(sizeBytes)) return undefined;
  if (typeof name !== 'string' || name.length > ASSET_NAME_CHARACTERS_MAX || typeof by !== 'string') return undefined;
  const announced = { hash, sizeBytes, type, name, by };
  return { announced, network: typeof network === 'string' ? network : '' };
}

/** Whether a number can be a file's size in bytes. */
export function isAssetSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= ASSET_BYTES_MAX;
}
