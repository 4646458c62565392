import { defineSettings } from '@app/settings';

/** Where clients find the asset-server: for the roles that tell them. */
export const assetsAddressSettings = defineSettings({
  assetsPort: {
    type: 'integer',
    unit: 'port',
    min: 0,
    max: 65_535,
    default: 40_104,
    help: 'Port of the asset-server, on the host of the page; 0 when there is none. `vicinity up` sets it.',
  },
  assetsUrl: {
    type: 'string',
    pattern: /^https?:\/\/[^\s]*[^\s/]$/,
    help: 'Public URL of the asset-server, without a slash at its end, when clients cannot use the page’s host and assetsPort: behind a proxy. Domain-server and gateways must be told the same.',
  },
});
