import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from './network-of.js';

/** What differs between the roles that speak HTTP. */
export interface HttpLimits {
  /** How long a client may take to send a whole request, in ms. */
  requestTimeoutMs: number;
  /** Connections at once. */
  connectionsMax: number;
  /** Connections at once of one network (`networkOf`); undefined behind a proxy, from which all of them come. */
  connectionsPerNetworkMax: number | undefined;
}

/** How long a client may take to send a request's headers, in ms. */
const HEADERS_TIMEOUT_MS = 10_000;
/** How often the server looks for those that take longer, in ms. */
const CHECK_INTERVAL_MS = 2_000;
/** A connection on which nothing moves, in either direction, for this long is closed, in ms: its client does not read. */
const IDLE_TIMEOUT_MS = 30_000;

/** Bounds what clients can do to a server whatever they ask for. To be called before Nest is initialised. */
export function limitHttp(app: INestApplication, limits: HttpLimits): void {
  const express = app as NestExpressApplication;
  express.disable('x-powered-by');
  // Query strings are flat: nested ones are a parser's risk that nothing here needs.
  express.set('query parser', 'simple');
  const server = app.getHttpServer() as Server;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = limits.requestTimeoutMs;
  server.timeout = IDLE_TIMEOUT_MS;
  server.maxConnections = limits.connectionsMax;
  // Nest makes the server; Node reads this when it begins to listen, and by default looks only twice a minute.
  Object.assign(server, { connectionsCheckingInterval: CHECK_INTERVAL_MS });
  if (limits.connectionsPerNetworkMax !== undefined) limitNetworks(server, limits.connectionsPerNetworkMax);
}

/** Ends connections beyond so many of one network. */
export function limitNetworks(server: EventEmitter, connectionsMax: number): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const network = networkOf(socket.remoteAddress ?? '');
    const count = open.get(network) ?? 0;
    if (count >= connectionsMax) return void socket.destroy();
    open.set(network, count + 1);
    socket.once('close', () => {
      const left = (open.get(network) ?? 1) - 1;
      if (left > 0) open.set(network, left);
      else open.delete(network);
    });
  });
}
