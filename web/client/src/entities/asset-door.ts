import type { WorldClient } from '@vicinity/sdk';

/** What a client that knows an asset server has; this page works without one, too. */
interface ClientAssets {
  readonly baseUrl?: string;
}

/** Where the domain's files are, absolute or from the page. */
export function assetBaseUrlOf(client: WorldClient): string {
  const { assets } = client as { assets?: ClientAssets };
  return assets?.baseUrl || '/assets';
}
