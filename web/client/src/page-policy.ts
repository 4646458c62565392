/**
 * Lets the browser itself hold what address-policy.ts decides: this page asks its own host and the domain's asset-server, and
 * nobody else, whatever a mistake in it may let through. A policy cannot be taken back before the page is loaded again.
 *
 * @param assetBaseUrl  of the asset-server; empty where there is none
 */
export function holdPolicy(assetBaseUrl: string): void {
  const origin = originOf(assetBaseUrl);
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = `connect-src 'self' blob: ws: wss: ${origin}; img-src 'self' blob: data:`;
  document.head.append(policy);
}

function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    return '';
  }
}
