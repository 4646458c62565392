/** What a client is told about where files are. */
export interface AssetPlace {
  /** The page's server, as the client was told when it joined. */
  serverUrl: string;
  /** The public URL of the asset-server; empty when the operator gave none. */
  assetsUrl: string;
  /** Its port on the host of the page; 0 when there is no asset-server. */
  assetsPort: number;
}

/** The asset-server's URL, without a slash at its end; empty when there is none. Pure, never throws. */
export function assetBaseUrlOf({ serverUrl, assetsUrl, assetsPort }: AssetPlace): string {
  const given = parse(assetsUrl);
  if (given && isWeb(given)) return given.href.replace(/\/+$/, '');
  const server = parse(serverUrl);
  if (!server || !isWeb(server) || assetsPort <= 0 || assetsPort > 65_535) return '';
  return `${server.protocol}//${server.hostname}:${assetsPort}`;
}

/**
 * Where to load a file: `atp:/path` and `/assets/…` lead to the asset-server, everything else stays as it is. Empty when
 * there is no asset-server, or when the path is none. Pure, never throws.
 */
export function resolveAssetUrl(url: string, baseUrl: string): string {
  const path = /^atp:\/*(.*)$/is.exec(url.trim())?.[1];
  if (path !== undefined) return baseUrl === '' || !isPath(path) ? '' : `${baseUrl}/assets/at/${encodePath(path)}`;
  if (url.startsWith('/assets/')) return baseUrl === '' ? '' : baseUrl + url;
  return url;
}

/** A path as part of a URL: letters of all languages, spaces and signs are written so that they arrive. */
export function encodePath(path: string): string {
  return path.replace(/^\/+/, '').split('/').map(encodeURIComponent).join('/');
}

/** Steps that would lead out of the folder of paths; the rest is checked by the server. */
function isPath(path: string): boolean {
  return path !== '' && path.split('/').every((step) => !/^\.*$/.test(step)) && !/\p{Surrogate}/u.test(path);
}

function isWeb({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'http:';
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
