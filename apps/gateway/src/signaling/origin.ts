const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Whether a page of this origin may open a signalling socket. Any page on the internet can make a browser connect to
 * ws://localhost, so browsers' word for where the page is from is checked. Pure.
 *
 * @param origin   the Origin header; absent for clients that are no browser
 * @param host     the Host header, as the client wrote it
 * @param allowed  further origins; * for all
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  // The page comes from another port of the same host: the domain-server's.
  const page = hostNameOf(origin);
  return page !== undefined && page !== '' && page === hostNameOf(`http://${host ?? ''}`);
}

/** All names of this machine's loopback are one host. */
function hostNameOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  return LOOPBACK.test(hostname) ? 'localhost' : hostname;
}
