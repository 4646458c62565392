/** What a page of another host needs to join with the SDK. Status and metrics are nobody else's business. */
const SHARED_PATH = /^\/(api\/join|sdk\.js|assets\/[^?]*)(\?|$)/;

/**
 * Headers that let a page of another origin read an answer; none for pages and paths that may not. Pure.
 *
 * @param url      path and query of the request
 * @param origin   the Origin header; browsers leave it out for pages of our own
 * @param allowed  the origins that the operator allows; * for all
 */
export function crossOriginHeaders(
  url: string,
  origin: string | undefined,
  allowed: readonly string[],
): Record<string, string> {
  if (!SHARED_PATH.test(url)) return {};
  const isAllowed = origin !== undefined && (allowed.includes('*') || allowed.includes(origin));
  // Caches must not give one page's answer to another's.
  return isAllowed ? { Vary: 'Origin', 'Access-Control-Allow-Origin': origin } : { Vary: 'Origin' };
}
