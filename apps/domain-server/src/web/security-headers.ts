/**
 * What a page of ours may do. Sockets and requests to any host, because gateways and asset-servers have their own addresses,
 * and people may allow things from other websites. Until they do, the page narrows this to the domain's own addresses as
 * soon as it knows them (web/client/src/page-policy.ts), so that nothing that another person wears, says or builds can make
 * a browser ask a third host.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob: mediastream:",
  "connect-src 'self' blob: ws: wss: http: https:",
  "worker-src 'self' blob:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** Headers of every answer. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'microphone=(self), camera=(), geolocation=()',
};

/** Built files whose name carries a hash of their content never change; everything else is asked for again. */
export function cacheControlOf(file: string): string {
  const isHashed = /[/\\]assets[/\\][^/\\]+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/.test(file);
  return isHashed ? 'public, max-age=31536000, immutable' : 'no-cache';
}
