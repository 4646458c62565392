import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HttpOptions, limitHttp } from '@app/runtime';
import type { AssetServerSettings } from '../asset-server.settings.js';
import { ASSET_SERVER } from '../tokens.js';
import type { AssetServer } from '../asset-server.js';

/** How long a client may take to send the whole of a long upload, in ms; other requests have less: see AssetHttp. */
const REQUEST_TIMEOUT_MS = 3_600_000;
/** Connections at once: a few hundred people who enter a place full of models at the same time. */
const CONNECTIONS_MAX = 4_096;
/** The same from one network: many people may be behind one address. */
const CONNECTIONS_PER_NETWORK_MAX = 1_024;

/** Everything about HTTP that is no controller. Files are no business of Nest's router: they need paths as they came. */
export const assetServerHttp: HttpOptions<AssetServerSettings> = {
  address: ({ httpPort, listenAddress }) => ({ port: httpPort, host: listenAddress }),
  configure: (app, settings) => {
    limitHttp(app, {
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      connectionsMax: CONNECTIONS_MAX,
      connectionsPerNetworkMax: settings.trustForwarded ? undefined : CONNECTIONS_PER_NETWORK_MAX,
    });
    const assets = app.get<AssetServer>(ASSET_SERVER, { strict: false });
    app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
      if (request.url?.startsWith('/assets/')) void assets.handle(request, response);
      else next();
    });
  },
};
