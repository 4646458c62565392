import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { HttpOptions } from '@app/runtime';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AssetServerSettings } from '../asset-server.settings.js';
import { ASSET_SERVER } from '../tokens.js';
import type { AssetServer } from '../asset-server.js';

/** How long a client may take to send a request's headers, and the whole of a long upload, in ms. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 3_600_000;
/** How often the server looks for those that take longer, in ms. */
const CHECK_INTERVAL_MS = 2_000;
/** A connection on which nothing moves, in either direction, for this long is closed, in ms. */
const IDLE_TIMEOUT_MS = 30_000;
/** Connections at once: a few hundred people who enter a place full of models at the same time. */
const CONNECTIONS_MAX = 4_096;

/** Everything about HTTP that is no controller. Files are no business of Nest's router: they need paths as they came. */
export const assetServerHttp: HttpOptions<AssetServerSettings> = {
  address: ({ httpPort, listenAddress }) => ({ port: httpPort, host: listenAddress }),
  configure: (app) => {
    const express = app as NestExpressApplication;
    express.disable('x-powered-by');
    express.set('query parser', 'simple');
    const server = app.getHttpServer() as Server;
    server.headersTimeout = HEADERS_TIMEOUT_MS;
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    server.timeout = IDLE_TIMEOUT_MS;
    server.maxConnections = CONNECTIONS_MAX;
    // Nest makes the server; Node reads this when it begins to listen, and by default looks only twice a minute.
    Object.assign(server, { connectionsCheckingInterval: CHECK_INTERVAL_MS });
    const assets = app.get<AssetServer>(ASSET_SERVER, { strict: false });
    app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
      if (request.url?.startsWith('/assets/')) void assets.handle(request, response);
      else next();
    });
  },
};
