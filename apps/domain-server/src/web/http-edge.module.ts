import type { HttpOptions } from '@app/runtime';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { DomainServerSettings } from '../domain-server.settings.js';
import { assetsOriginOf, policyWithAssets } from './assets-origin.js';
import { crossOriginHeaders } from './cross-origin.js';
import { cacheControlOf, SECURITY_HEADERS } from './security-headers.js';
import { findWebDir } from './web-client.js';

/** How long a browser may take to send a request's headers, and the whole request, in ms. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 20_000;
/** How often the server looks for those that take longer, in ms. */
const CHECK_INTERVAL_MS = 2_000;
/** A connection on which nothing moves, in either direction, for this long is closed, in ms: its client does not read. */
const IDLE_TIMEOUT_MS = 30_000;
/** Connections at once; a page opens a handful for a moment. */
const CONNECTIONS_MAX = 2_048;
const METHODS = new Set(['GET', 'HEAD']);

/** Everything about HTTP that is no controller: limits, headers, the web client's files. */
export const domainServerHttp: HttpOptions<DomainServerSettings> = {
  address: ({ httpPort, listenAddress }) => ({ port: httpPort, host: listenAddress }),
  configure: (app, settings) => {
    const express = app as NestExpressApplication;
    express.disable('x-powered-by');
    // Query strings are flat: nested ones are a parser's risk that nothing here needs.
    express.set('query parser', 'simple');
    const server = app.getHttpServer() as Server;
    server.headersTimeout = HEADERS_TIMEOUT_MS;
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    server.timeout = IDLE_TIMEOUT_MS;
    server.maxConnections = CONNECTIONS_MAX;
    // Nest makes the server; Node reads this when it begins to listen, and by default looks only twice a minute.
    Object.assign(server, { connectionsCheckingInterval: CHECK_INTERVAL_MS });
    app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
      const shared = crossOriginHeaders(request.url ?? '', request.headers.origin, settings.originAllowed);
      for (const [name, value] of Object.entries({ ...SECURITY_HEADERS, ...shared })) response.setHeader(name, value);
      const assets = assetsOriginOf(request.headers, settings);
      const policy = SECURITY_HEADERS['Content-Security-Policy'];
      if (assets) response.setHeader('Content-Security-Policy', policyWithAssets(policy, assets));
      if (METHODS.has(request.method ?? '')) return next();
      // Nothing here takes input; what is never read cannot be too large.
      response.writeHead(405, { Allow: 'GET, HEAD', Connection: 'close' }).end();
    });
    express.useStaticAssets(findWebDir(settings.webDir), {
      dotfiles: 'ignore',
      setHeaders: (response: ServerResponse, file: string) => {
        response.setHeader('Cache-Control', cacheControlOf(file));
      },
    });
  },
};
