/** Where addresses of entities may lead. */
export interface AddressRules {
  /** The page's own address. */
  pageUrl: string;
  /** Where the domain's asset server answers, absolute or from the page. */
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
 * network address is here; so by default only the domain's own asset server and the page's own host are asked. Pure.
 *
 * `atp:/path`, `atp:path` and `/path` lead to the asset server.
 */
export function resolveAddress(text: string, rules: AddressRules): Address {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > CHARACTERS_MAX) return INVALID;
  const page = parse(rules.pageUrl, undefined);
  const base = page && parse(rules.assetBaseUrl.replace(/\/*$/, '/'), page.href);
  if (!page || !base) return INVALID;
  const assetPath = assetPathOf(trimmed);
  if (assetPath !== undefined) {
    // A leading dot keeps `a:b` and `//host` from being anything but a path.
    const url = parse(`./${assetPath}`, base.href);
    return url && isBelow(url, base) ? { kind: 'allowed', url: url.href } : INVALID;
  }
  const url = parse(trimmed, undefined);
  if (!url || !isWeb(url) || url.username !== '' || url.password !== '') return INVALID;
  if (isBelow(url, base)) return { kind: 'allowed', url: url.href };
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

function assetPathOf(text: string): string | undefined {
  const scheme = /^atp:/i.exec(text);
  if (scheme) return text.slice(4).replace(/^\/+/, '');
  // Two slashes would be another host.
  if (text.startsWith('/') && !/^\/[/\\]/.test(text)) return text.slice(1);
  return undefined;
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
