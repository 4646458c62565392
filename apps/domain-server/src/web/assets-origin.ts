import type { IncomingHttpHeaders } from 'node:http';
import type { DomainServerSettings } from '../domain-server.settings.js';
import { readHost } from '../join/join-request.js';

/** What pages load from the asset-server: models and sounds by request, pictures, films and sounds by elements. */
const DIRECTIVES = new Set(['connect-src', 'img-src', 'media-src']);

/** The asset-server's origin as the browser that asks will see it; undefined when there is none. Pure. */
export function assetsOriginOf(
  headers: IncomingHttpHeaders,
  settings: Pick<DomainServerSettings, 'assetsPort' | 'assetsUrl' | 'trustForwarded'>,
): string | undefined {
  if (settings.assetsUrl) return URL.canParse(settings.assetsUrl) ? new URL(settings.assetsUrl).origin : undefined;
  const reached = readHost(
    {
      hostHeader: headers.host,
      forwardedHost: firstOf(headers['x-forwarded-host']),
      forwardedProto: firstOf(headers['x-forwarded-proto']),
    },
    settings.trustForwarded,
  );
  if (!reached || settings.assetsPort === 0) return undefined;
  return `${reached.isSecure ? 'https' : 'http'}://${reached.host}:${settings.assetsPort}`;
}

/** A content security policy that also lets files come from an origin. Pure. */
export function policyWithAssets(policy: string, origin: string): string {
  const directives = policy.split('; ');
  const allow = (directive: string): string =>
    DIRECTIVES.has(directive.split(' ', 1)[0]) ? `${directive} ${origin}` : directive;
  return directives.map(allow).join('; ');
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
