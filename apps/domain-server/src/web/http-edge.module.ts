import { type HttpOptions, limitHttp } from '@app/runtime';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DomainServerSettings } from '../domain-server.settings.js';
import { assetsOriginOf, policyWithAssets } from './assets-origin.js';
import { crossOriginHeaders } from './cross-origin.js';
import { cacheControlOf, SECURITY_HEADERS } from './security-headers.js';
import { findWebDir } from './web-client.js';

/** How long a browser may take to send a whole request, in ms. */
const REQUEST_TIMEOUT_MS = 20_000;
/** Connections at once; a page opens a handful for a moment. */
const CONNECTIONS_MAX = 2_048;
/** The same from one network: many people may be behind one address. */
const CONNECTIONS_PER_NETWORK_MAX = 1_024;
const METHODS = new Set(['GET', 'HEAD']);

/** Everything about HTTP that is no controller: limits, headers, the web client's files. */
export const domainServerHttp: HttpOptions<DomainServerSettings> = {
  address: ({ httpPort, listenAddress }) => ({ port: httpPort, host: listenAddress }),
  configure: (app, settings) => {
    limitHttp(app, {
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      connectionsMax: CONNECTIONS_MAX,
      connectionsPerNetworkMax: settings.trustForwarded ? undefined : CONNECTIONS_PER_NETWORK_MAX,
    });
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
    (app as NestExpressApplication).useStaticAssets(findWebDir(settings.webDir), {
      dotfiles: 'ignore',
      setHeaders: (response: ServerResponse, file: string) => {
        response.setHeader('Cache-Control', cacheControlOf(file));
      },
    });
  },
};
