import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '@app/clock';
import { clientAddressOf, type Logger, networkOf } from '@app/runtime';
import { SIGNAL_BYTES_MAX } from '@app/world';
import { type MessageFields, encodeMessage } from '@app/wire';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import type { GatewayMetrics } from '../gateway.metrics.js';
import { TokenBucket } from '../rate-limit.js';
import type { ClientLink } from '../session/client-link.js';
import { isOriginAllowed } from './origin.js';
import type { SignalingRouter } from './signaling.router.js';

export interface SignalingOptions {
  port: number;
  listenAddress: string;
  originAllowed: readonly string[];
  /** Believe X-Forwarded-For. */
  trustForwarded: boolean;
}

const PATH = '/signal';
const SUBPROTOCOL = 'vicinity.v1';
const PING_INTERVAL_MS = 1_000;
/** A client that leaves this much unread is not there any more, in bytes. */
const UNREAD_BYTES_MAX = 262_144;
/** Sockets that one network (`networkOf`) may open. Generous: a whole school can be behind one address. */
const SOCKETS_PER_SECOND = 50;
const SOCKETS_BURST = 300;
const NETWORKS_MAX = 1_024;
/** Connections at once, upgraded or not: all sessions twice, for those that move, and those that have not said Hello. */
const CONNECTIONS_MAX = 4_096;
/** How long a connection may take to ask for its upgrade, and how often the server looks, in ms. */
const HEADERS_TIMEOUT_MS = 5_000;
const HEADERS_CHECK_INTERVAL_MS = 2_000;
/** A frame up to this size is read, so that the answer can say that it is too large; more ends the socket with 1009. */
const FRAME_BYTES_MAX = 2 * SIGNAL_BYTES_MAX;
/** Bytes of one socket, frames of control included: ten times what the largest signals at their limit need. */
const BYTES_PER_SECOND = 200_000;
const BYTES_BURST = 1_048_576;
/** Pings and pongs of one socket: the answers to ours, and some of its own. */
const CONTROLS_PER_SECOND = 20;
const CONTROLS_BURST = 100;
/** A client that is told to go is given this long to close its end, in ms. */
const LINGER_MS = 1_000;
/** What `ws` calls a frame beyond its bound. */
const TOO_LARGE = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
/** How a client ends its socket on purpose: done, going away, no reason given. */
const ORDERLY_CODES: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** The edge of the signalling WebSocket: bytes in and out, limits of the socket itself, and nothing of what they mean. */
export class SignalingGateway {
  private readonly http: Server;
  private readonly sockets: WebSocketServer;
  private readonly networks = new Map<string, TokenBucket>();
  private pings: Timer | undefined;

  constructor(
    private readonly options: SignalingOptions,
    private readonly router: SignalingRouter,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly metrics: GatewayMetrics,
  ) {
    this.http = createServer({ connectionsCheckingInterval: HEADERS_CHECK_INTERVAL_MS }, answerHttp);
    this.http.maxConnections = CONNECTIONS_MAX;
    this.http.headersTimeout = HEADERS_TIMEOUT_MS;
    this.http.requestTimeout = HEADERS_TIMEOUT_MS;
    this.http.on('upgrade', (request, socket, head) => this.handleUpgrade(request, socket, head));
    this.sockets = new WebSocketServer({
      noServer: true,
      maxPayload: FRAME_BYTES_MAX,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
  }

  /** Listens; fails when the port is taken. */
  async start(): Promise<void> {
    this.http.listen(this.options.port, this.options.listenAddress);
    // Not with a callback of `listen`: those of failed attempts would pile up.
    await once(this.http, 'listening');
    this.http.on('error', (error) => this.logger.error({ err: error }, 'The signalling server failed.'));
    this.pings = this.clock.every(PING_INTERVAL_MS, () => this.pingAll());
  }

  /** Takes no new sockets. Those that are open are their sessions' to close. */
  stopListening(): void {
    this.http.close();
    this.http.closeIdleConnections();
  }

  /** Ends everything that is still open. A second call is harmless. */
  close(): void {
    this.pings?.cancel();
    this.http.close();
    for (const socket of this.sockets.clients) socket.terminate();
    this.http.closeAllConnections();
  }

  private handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // From here on Node leaves the connection to us: its errors would end the process, its open end would stay for ever.
    socket.on('error', (error) => this.logger.debug({ err: error }, 'A connection failed before it was a socket.'));
    const refusal = this.refusalOf(request);
    if (refusal) {
      this.metrics.countDrop(`socket-${refusal.reason}`);
      socket.once('finish', () => socket.destroy());
      socket.end(`HTTP/1.1 ${refusal.status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => this.handleSocket(webSocket, request));
  }

  private refusalOf(request: IncomingMessage): { status: string; reason: string } | undefined {
    if (pathOf(request) !== PATH) return { status: '404 Not Found', reason: 'path' };
    const { origin, host } = request.headers;
    if (!isOriginAllowed(origin, host, this.options.originAllowed))
      return { status: '403 Forbidden', reason: 'origin' };
    const offered = request.headers['sec-websocket-protocol'];
    if (offered !== undefined && !offered.split(',').some((name) => name.trim() === SUBPROTOCOL)) {
      return { status: '400 Bad Request', reason: 'protocol' };
    }
    if (!this.allowAddress(this.addressOf(request))) return { status: '429 Too Many Requests', reason: 'rate' };
    return undefined;
  }

  private addressOf(request: IncomingMessage): string {
    return clientAddressOf(request, this.options.trustForwarded);
  }

  private allowAddress(address: string): boolean {
    const network = networkOf(address);
    let bucket = this.networks.get(network);
    if (!bucket) {
      // Forgetting them all at once is generous to attackers with a thousand networks, whom this cannot stop anyway.
      if (this.networks.size >= NETWORKS_MAX) this.networks.clear();
      bucket = new TokenBucket(SOCKETS_PER_SECOND, SOCKETS_BURST);
      this.networks.set(network, bucket);
    }
    return bucket.take(this.clock.nowMs());
  }

  private handleSocket(socket: WebSocket, request: IncomingMessage): void {
    const link = new SocketLink(socket, this.addressOf(request), this.clock, this.metrics);
    const events = this.router.accept(link);
    this.limit(socket, request.socket, () => {
      this.guard(socket, () => events.onFlood());
      link.close();
    });
    socket.on('message', (data, isBinary) => {
      // One that has been told to go is not listened to, however long it takes to go.
      if (socket.readyState !== WebSocket.OPEN) return;
      // Text frames are no part of the protocol; as empty messages they are refused with a code.
      this.guard(socket, () => events.onFrame(isBinary ? bytesOf(data) : new Uint8Array(0)));
    });
    socket.on('pong', () => this.guard(socket, () => events.onPong()));
    socket.on('error', (error) => {
      this.metrics.countDrop('code' in error && error.code === TOO_LARGE ? 'input-too-large' : 'socket-failed');
      this.logger.debug({ err: error }, 'A signalling socket failed.');
      // It is closing already, and waits for the client's word, which may never come.
      link.close();
    });
    socket.on('close', (code) => {
      link.handleClosed();
      this.guard(socket, () => events.onClosed(ORDERLY_CODES.has(code)));
    });
  }

  /** What no limit of signals sees: bytes that never become a message, pings and pongs. Beyond it nothing is read. */
  private limit(socket: WebSocket, stream: Duplex, onFlood: () => void): void {
    const bytes = new TokenBucket(BYTES_PER_SECOND, BYTES_BURST);
    const controls = new TokenBucket(CONTROLS_PER_SECOND, CONTROLS_BURST);
    const take = (bucket: TokenBucket, count: number): void => {
      if (bucket.take(this.clock.nowMs(), count) || socket.isPaused) return;
      this.metrics.countDrop('socket-flood');
      if (socket.readyState === WebSocket.OPEN) onFlood();
      socket.pause();
    };
    stream.on('data', (chunk: Buffer) => take(bytes, chunk.length));
    socket.on('ping', () => take(controls, 1));
    socket.on('pong', () => take(controls, 1));
  }

  /** A mistake of ours costs the one socket that met it, not everybody's. */
  private guard(socket: WebSocket, handle: () => void): void {
    try {
      handle();
    } catch (error) {
      this.metrics.countDrop('signal-failed');
      this.logger.error({ err: error }, 'A signal could not be handled; its socket is ended.');
      socket.terminate();
    }
  }

  private pingAll(): void {
    for (const socket of this.sockets.clients) {
      if (socket.bufferedAmount > UNREAD_BYTES_MAX) socket.terminate();
      else if (socket.readyState === WebSocket.OPEN) socket.ping();
    }
  }
}

class SocketLink implements ClientLink {
  private lingering: Timer | undefined;

  constructor(
    private readonly socket: WebSocket,
    readonly address: string,
    private readonly clock: Clock,
    private readonly metrics: GatewayMetrics,
  ) {}

  send(signal: MessageFields<'ServerSignal'>): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    const bytes = encodeMessage('ServerSignal', signal);
    this.metrics.countOut('signal', bytes.length);
    this.socket.send(bytes);
  }

  close(): void {
    this.socket.close(1000);
    this.lingering ??= this.clock.after(LINGER_MS, () => this.socket.terminate());
  }

  /** The socket has ended. */
  handleClosed(): void {
    this.lingering?.cancel();
  }

  terminate(): void {
    this.socket.terminate();
  }
}

function answerHttp(request: IncomingMessage, response: ServerResponse): void {
  const path = pathOf(request);
  if (path === '/healthz') response.writeHead(200, { 'Content-Type': 'text/plain' }).end('ok\n');
  else if (path === PATH) response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade' }).end();
  else response.writeHead(404).end();
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0];
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
