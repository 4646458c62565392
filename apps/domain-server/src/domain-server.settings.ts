import { assetsAddressSettings } from '@app/runtime';
import { defineSettings, type SettingsOf } from '@app/settings';
import { WORLDS_MAX } from '@app/world';

/** What an operator can choose about the domain's web pages and doors. */
export const domainServerSettings = defineSettings({
  httpPort: {
    type: 'integer',
    unit: 'port',
    min: 1,
    max: 65_535,
    default: 40_100,
    help: 'TCP port of the web client, the API, health and metrics. `vicinity up` sets it to the port base.',
  },
  listenAddress: {
    type: 'string',
    pattern: /^[0-9A-Fa-f.:]{2,45}$/,
    default: '127.0.0.1',
    help: 'Address of the network interface to listen on; 0.0.0.0 is all of them. `vicinity up --public` sets it.',
  },
  worlds: {
    type: 'list',
    pattern: /^[a-z0-9-]{1,32}$/,
    itemsMax: WORLDS_MAX,
    default: ['main'],
    help: 'Worlds of the domain. Who asks for none in particular gets the first. Gateways must be told the same.',
  },
  trustForwarded: {
    type: 'boolean',
    default: false,
    help: 'Believe X-Forwarded-Proto and X-Forwarded-Host. Only behind a reverse proxy that sets them itself.',
  },
  originAllowed: {
    type: 'list',
    pattern: /^(\*|https?:\/\/[^\s/]+)$/,
    default: [],
    help: 'Origins of other hosts whose pages may load the SDK and join, for example https://example.org; * for all. Gateways must be told the same.',
  },
  ...assetsAddressSettings,
  webDir: {
    type: 'string',
    help: 'Folder with the built web client. Without it the one that was built with this program.',
  },
});

export type DomainServerSettings = SettingsOf<typeof domainServerSettings>;
