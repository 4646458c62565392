import { assetUrlPathOf, readAssetAddress } from '@app/world';

/** Where addresses of entities may lead. */
export interface AddressRules {
  /** The page's own address. */
  pageUrl: string;
  /** The domain's asset-server, as the SDK gives it; empty where there is none, and then the page's own host counts. */
  assetBaseUrl: string;
  /** Whether the person lets things come from anywhere, and so anybody learn of the visit. */
  allowsOthers: boolean;
}

/** What becomes of an address: it may be loaded, another website would learn of the visit, or it leads nowhere. */
export type Address =
  | { readonly kind: 'allowed'; readonly url: string }
  | { readonly kind: 'elsewhere'; readonly host: string }
  | { readonly kind: 'invalid' };

const INVALID: Address = { kind: 'invalid' };
const CHARACTERS_MAX = 2_048;
/** Answers there are work for the server, or nobody's business: nothing to be shown comes from them. */
const OWN_INTERFACES = /^\/(api|metrics|healthz|readyz)(\/|$)/;

/**
 * Decides about an address that somebody has written into an entity. Whoever loads it tells a host that a person with this
 * network address is here; so by default only the domain's own asset-server and the page's own host are asked. Pure.
 *
 * `atp:/path` and `/assets/…` lead to the asset-server.
 */
export function resolveAddress(text: string, rules: AddressRules): Address {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > CHARACTERS_MAX) return INVALID;
  const page = parse(rules.pageUrl, undefined);
  const base = page && parse(rules.assetBaseUrl === '' ? page.origin : rules.assetBaseUrl, page.href);
  const files = base && parse(`${base.origin}${base.pathname.replace(/\/*$/, '')}/assets/`, undefined);
  if (!page || !files) return INVALID;
  const own = ownPathOf(trimmed);
  const url = own === undefined ? parse(trimmed, undefined) : parse(`./${own}`, files.href);
  if (!url || !isWeb(url) || url.username !== '' || url.password !== '') return INVALID;
  if (isBelow(url, files)) return { kind: 'allowed', url: url.href };
  // What is written as a file of the domain is that or nothing; an asset-server has nothing else to show.
  if (own !== undefined || url.origin === files.origin) return INVALID;
  if (url.origin === page.origin)
    return OWN_INTERFACES.test(url.pathname) ? INVALID : { kind: 'allowed', url: url.href };
  // Browsers refuse to load what could be read on the way into a page that could not.
  if (page.protocol === 'https:' && url.protocol === 'http:') return INVALID;
  return rules.allowsOthers ? { kind: 'allowed', url: url.href } : { kind: 'elsewhere', host: url.host };
}

/** An address that a person may be asked to open; undefined for everything but http and https. Pure. */
export function linkOf(text: string): URL | undefined {
  const trimmed = text.trim();
  if (trimmed.length > CHARACTERS_MAX) return undefined;
  const url = parse(trimmed, undefined);
  return url && isWeb(url) && url.username === '' && url.password === '' ? url : undefined;
}

/** The path below the asset-server's files, as part of a URL; undefined for what is written in another way. */
function ownPathOf(text: string): string | undefined {
  const own = readAssetAddress(text);
  // What is no file's name stays one that nothing is found at.
  return own && (own.kind === 'nowhere' ? '' : assetUrlPathOf(own).slice('/assets/'.length));
}

function isBelow(url: URL, base: URL): boolean {
  return url.origin === base.origin && url.pathname.startsWith(base.pathname) && url.pathname !== base.pathname;
}

function isWeb({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'http:';
}

function parse(text: string, base: string | undefined): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
