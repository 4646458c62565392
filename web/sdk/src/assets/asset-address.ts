import { assetUrlPathOf, readAssetAddress } from '@app/world';

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
 * Where to load a file: those of the domain from the asset-server, everything else stays as it is. Empty when there is no
 * asset-server, or when no file can have this name. Pure, never throws.
 */
export function resolveAssetUrl(url: string, baseUrl: string): string {
  const own = readAssetAddress(url);
  if (!own) return url;
  return baseUrl === '' || own.kind === 'nowhere' ? '' : baseUrl + assetUrlPathOf(own);
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
