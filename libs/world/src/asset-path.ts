import { ASSET_PATH_BYTES_MAX, ASSET_PATH_STEPS_MAX } from './limits.js';

/** A checked path, without slashes at its ends: `models/chair.glb`. */
export type AssetPath = string;

/** Control characters, and what other systems take for something else than a part of a name. */
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\\:*?"<>|\u2028\u2029\ufeff]/;

/** Makes a path of a text, as in `atp:/models/chair.glb` after the colon; undefined for what is none. Pure. */
export function readAssetPath(text: unknown): AssetPath | undefined {
  if (typeof text !== 'string' || text.length > ASSET_PATH_BYTES_MAX + 1) return undefined;
  const path = text.normalize('NFC').replace(/^\//, '');
  if (path === '' || /\p{Surrogate}/u.test(path) || FORBIDDEN.test(path)) return undefined;
  if (new TextEncoder().encode(path).length > ASSET_PATH_BYTES_MAX) return undefined;
  const steps = path.split('/');
  const isPath = steps.length <= ASSET_PATH_STEPS_MAX && steps.every((step) => /[^\s.]/.test(step));
  return isPath && path === path.trim() ? path : undefined;
}
