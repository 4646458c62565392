import { type AssetPath, readAssetPath } from '@app/world';

/** A path as the key of a bucket, which knows few characters. */
export function keyOfPath(path: AssetPath): string {
  return Buffer.from(path, 'utf8').toString('base64url');
}

/** The path of such a key; undefined for keys that are none of ours. */
export function pathOfKey(key: string): AssetPath | undefined {
  return readAssetPath(Buffer.from(key, 'base64url').toString('utf8'));
}
