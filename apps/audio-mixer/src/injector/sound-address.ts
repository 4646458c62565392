import { type AssetAddress, ENTITY_URL_CHARACTERS_MAX, readAssetAddress } from '@app/world';

/** Where a sound's file is. */
export type SoundAddress =
  /** Known by its content: the SHA-256 of its bytes in lower case. */
  | { kind: 'content'; hash: string; webUrl?: string }
  /** A path that somebody may lead to another content; without a slash at its beginning. */
  | { kind: 'path'; path: string; webUrl?: undefined }
  /** Anywhere on the web. */
  | { kind: 'web'; webUrl: string };

/**
 * Reads the address of a sound: a file of the domain, http or https. A web address that ends in `/assets/<sha256>` says what
 * the content is, so that it need not be fetched from there. Undefined for anything else. Pure.
 */
export function readSoundAddress(text: string): SoundAddress | undefined {
  if (text.length > ENTITY_URL_CHARACTERS_MAX) return undefined;
  const own = readAssetAddress(text);
  if (own) return soundOf(own);
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { pathname, href: webUrl } = new URL(text);
  const elsewhere = readAssetAddress(pathname);
  return elsewhere?.kind === 'content' ? { kind: 'content', hash: elsewhere.hash, webUrl } : { kind: 'web', webUrl };
}

function soundOf(address: AssetAddress): SoundAddress | undefined {
  if (address.kind === 'nowhere') return undefined;
  return address.kind === 'path' ? address : { kind: 'content', hash: address.hash };
}
