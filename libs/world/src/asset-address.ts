import { type AssetPath, readAssetPath } from './asset-path.js';
import { ENTITY_URL_CHARACTERS_MAX } from './limits.js';

/** A file of the domain, as entities and scripts name it. */
export type AssetAddress =
  /** By its content: the SHA-256 of its bytes in lower case; the extension with its dot, or empty. */
  | { kind: 'content'; hash: string; extension: string }
  /** By a path that somebody may lead to another content. */
  | { kind: 'path'; path: AssetPath }
  /** Written as a file of the domain, but none can have this name. */
  | { kind: 'nowhere' };

const FILE = /^([0-9a-f]{64})(\.[A-Za-z0-9]{1,16})?$/;
const NOWHERE: AssetAddress = { kind: 'nowhere' };

/**
 * Reads the address of a file of the domain: `atp:/path` and `atp:<sha256>.glb`, as the predecessors write them, or
 * `/assets/at/path` and `/assets/<sha256>.glb`. They are addresses as others are: `%20` is a blank, and what follows `?` or
 * `#` names no other file. Undefined for what is no address of a file of the domain, such as one on the web. Pure, never throws.
 */
export function readAssetAddress(text: string): AssetAddress | undefined {
  const trimmed = text.trim();
  const scheme = /^atp:/i.exec(trimmed)?.[0];
  if (scheme === undefined && !trimmed.startsWith('/assets/')) return undefined;
  if (trimmed.length > ENTITY_URL_CHARACTERS_MAX) return NOWHERE;
  const plain = trimmed.replace(/[?#].*$/s, '');
  const own = scheme === undefined ? plain.slice('/assets/'.length) : plain.slice(scheme.length).replace(/^\/+/, '');
  const file = FILE.exec(own);
  if (file) return { kind: 'content', hash: file[1], extension: file[2] ?? '' };
  if (scheme === undefined && !own.startsWith('at/')) return NOWHERE;
  const path = readAssetPath(decoded(scheme === undefined ? own.slice('at/'.length) : own));
  return path === undefined ? NOWHERE : { kind: 'path', path };
}

/** Where the asset-server gives such a file, below its own address: `/assets/at/a%20chair.glb`. */
export function assetUrlPathOf(address: Exclude<AssetAddress, { kind: 'nowhere' }>): string {
  return address.kind === 'content'
    ? `/assets/${address.hash}${address.extension}`
    : `/assets/at/${encodeAssetPath(address.path)}`;
}

/** A path as part of an address: letters of all languages, spaces and signs are written so that they arrive. */
export function encodeAssetPath(path: AssetPath): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** Whoever has not escaped anything may have written a percent sign of its own. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
