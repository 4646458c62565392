import { ENTITY_URL_CHARACTERS_MAX } from '@app/world';

/** Where a sound's file is. */
export type SoundAddress =
  /** Known by its content: the SHA-256 of its bytes in lower case. */
  | { kind: 'content'; hash: string; webUrl?: string }
  /** A path that somebody may lead to another content; without a slash at its beginning. */
  | { kind: 'path'; path: string; webUrl?: undefined }
  /** Anywhere on the web. */
  | { kind: 'web'; webUrl: string };

const HASH = /^([0-9a-f]{64})(\.[A-Za-z0-9]{1,16})?$/;
const ASSET = /^\/assets\/([0-9a-f]{64})(\.[A-Za-z0-9]{1,16})?$/;
const ASSET_PATH = /^\/assets\/at\/(.+)$/;

/**
 * Reads the address of a sound: `atp:/path`, `atp:<sha256>`, `/assets/<sha256>`, `/assets/at/path`, http or https. A web
 * address that ends in `/assets/<sha256>` says what the content is, so that it need not be fetched from there. Undefined for
 * anything else. Pure.
 */
export function readSoundAddress(text: string): SoundAddress | undefined {
  if (text.length > ENTITY_URL_CHARACTERS_MAX) return undefined;
  if (/^atp:/i.test(text)) return readAtp(text.slice('atp:'.length));
  if (text.startsWith('/')) return readAsset(text.replace(/[?#].*$/s, ''));
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { pathname, href } = new URL(text);
  const asset = ASSET.exec(pathname);
  return asset ? { kind: 'content', hash: asset[1], webUrl: href } : { kind: 'web', webUrl: href };
}

function readAtp(rest: string): SoundAddress | undefined {
  const path = rest.replace(/^\/+/, '').replace(/[?#].*$/s, '');
  const hash = HASH.exec(path);
  if (hash) return { kind: 'content', hash: hash[1] };
  return path === '' ? undefined : { kind: 'path', path };
}

function readAsset(pathname: string): SoundAddress | undefined {
  const asset = ASSET.exec(pathname);
  if (asset) return { kind: 'content', hash: asset[1] };
  const path = ASSET_PATH.exec(pathname)?.[1];
  return path === undefined ? undefined : pathOf(path);
}

/** Undefined for escapes that stand for nothing. */
function pathOf(escaped: string): SoundAddress | undefined {
  try {
    return { kind: 'path', path: decodeURIComponent(escaped) };
  } catch {
    return undefined;
  }
}
