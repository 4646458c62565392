import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '@app/clock';
import { type Logger, clientAddressOf } from '@app/runtime';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import type { GatewayMetrics } from '../gateway.metrics.js';
import { NetworkLimit } from '../network-limit.js';
import { TokenBucket } from '../rate-limit.js';
import { isOriginAllowed } from './origin.js';

export interface SocketServerOptions {
  port: number;
  listenAddress: string;
  originAllowed: readonly string[];
  /** Believe X-Forwarded-For. */
  trustForwarded: boolean;
  /** The only path that can be opened; absent: any. */
  path?: string;
  /** What clients that ask for a subprotocol have to ask for; absent: nothing is asked, and none given. */
  subprotocol?: string;
  /** A larger frame ends the socket with 1009, in bytes. */
  frameBytesMax: number;
}

/** What the server tells about one socket. */
export interface SocketHandlers {
  /** One message; the bytes are lent until the call returns. */
  onFrame(bytes: Uint8Array, isBinary: boolean): void;
  onPong(): void;
  /** It sends more than any client may; it is not read any further. */
  onFlood(): void;
  /** @param isOrderly  the client said that it leaves */
  onClosed(isOrderly: boolean): void;
}

const PING_INTERVAL_MS = 1_000;
/** A client that leaves this much unread is not there any more, in bytes. */
const UNREAD_BYTES_MAX = 262_144;
/** Sockets that one network (`networkOf`) may open. Generous: a whole school can be behind one address. */
const SOCKETS_PER_SECOND = 50;
const SOCKETS_BURST = 300;
/** Connections at once, upgraded or not: all sessions twice, for those that move, and those that have not said Hello. */
const CONNECTIONS_MAX = 4_096;
/** How long a connection may take to ask for its upgrade, and how often the server looks, in ms. */
const HEADERS_TIMEOUT_MS = 5_000;
const HEADERS_CHECK_INTERVAL_MS = 2_000;
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

/** WebSockets on a port, for people nobody knows: limits of the sockets themselves, and nothing of what they say. */
export class SocketServer {
  private readonly http: Server;
  private readonly sockets: WebSocketServer;
  private readonly networks = new NetworkLimit(SOCKETS_PER_SECOND, SOCKETS_BURST);
  private pings: Timer | undefined;

  /** @param accept  a socket has opened */
  constructor(
    private readonly options: SocketServerOptions,
    private readonly accept: (socket: EdgeSocket) => SocketHandlers,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly metrics: GatewayMetrics,
  ) {
    this.http = createServer({ connectionsCheckingInterval: HEADERS_CHECK_INTERVAL_MS }, (request, response) =>
      this.answerHttp(request, response),
    );
    this.http.maxConnections = CONNECTIONS_MAX;
    this.http.headersTimeout = HEADERS_TIMEOUT_MS;
    this.http.requestTimeout = HEADERS_TIMEOUT_MS;
    this.http.on('upgrade', (request, socket, head) => this.handleUpgrade(request, socket, head));
    const { subprotocol } = options;
    this.sockets = new WebSocketServer({
      noServer: true,
      maxPayload: options.frameBytesMax,
      perMessageDeflate: false,
      handleProtocols: (offered) => (subprotocol !== undefined && offered.has(subprotocol) ? subprotocol : false),
    });
  }

  /** Listens; fails when the port is taken. */
  async start(): Promise<void> {
    this.http.listen(this.options.port, this.options.listenAddress);
    // Not with a callback of `listen`: those of failed attempts would pile up.
    await once(this.http, 'listening');
    this.http.on('error', (error) => this.logger.error({ err: error }, 'A server of sockets failed.'));
    this.pings = this.clock.every(PING_INTERVAL_MS, () => this.pingAll());
  }

  /** Takes no new sockets. Those that are open stay so. */
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

  private answerHttp(request: IncomingMessage, response: ServerResponse): void {
    const path = pathOf(request);
    if (path === '/healthz') response.writeHead(200, { 'Content-Type': 'text/plain' }).end('ok\n');
    else if (this.isHere(path)) response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade' }).end();
    else response.writeHead(404).end();
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
    if (!this.isHere(pathOf(request))) return { status: '404 Not Found', reason: 'path' };
    const { origin, host } = request.headers;
    if (!isOriginAllowed(origin, host, this.options.originAllowed))
      return { status: '403 Forbidden', reason: 'origin' };
    const { subprotocol } = this.options;
    const offered = request.headers['sec-websocket-protocol'];
    if (subprotocol !== undefined && offered?.split(',').every((name) => name.trim() !== subprotocol)) {
      return { status: '400 Bad Request', reason: 'protocol' };
    }
    if (!this.networks.take(this.addressOf(request), this.clock.nowMs()))
      return { status: '429 Too Many Requests', reason: 'rate' };
    return undefined;
  }

  private isHere(path: string): boolean {
    return this.options.path === undefined || path === this.options.path;
  }

  private addressOf(request: IncomingMessage): string {
    return clientAddressOf(request, this.options.trustForwarded);
  }

  private handleSocket(socket: WebSocket, request: IncomingMessage): void {
    const edge = new EdgeSocket(socket, this.addressOf(request), this.clock);
    const handlers = this.accept(edge);
    this.limit(socket, request.socket, () => {
      this.guard(socket, () => handlers.onFlood());
      edge.close();
    });
    socket.on('message', (data, isBinary) => {
      // One that has been told to go is not listened to, however long it takes to go.
      if (socket.readyState !== WebSocket.OPEN) return;
      this.guard(socket, () => handlers.onFrame(bytesOf(data), isBinary));
    });
    socket.on('pong', () => this.guard(socket, () => handlers.onPong()));
    socket.on('error', (error) => {
      this.metrics.countDrop('code' in error && error.code === TOO_LARGE ? 'input-too-large' : 'socket-failed');
      this.logger.debug({ err: error }, 'A socket failed.');
      // It is closing already, and waits for the client's word, which may never come.
      edge.close();
    });
    socket.on('close', (code) => {
      edge.handleClosed();
      this.guard(socket, () => handlers.onClosed(ORDERLY_CODES.has(code)));
    });
  }

  /** What no limit of messages sees: bytes that never become one, pings and pongs. Beyond it nothing is read. */
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

/** One open socket. */
export class EdgeSocket {
  private lingering: Timer | undefined;

  constructor(
    private readonly socket: WebSocket,
    /** The other end's network address. */
    readonly address: string,
    private readonly clock: Clock,
  ) {}

  /** Sends bytes as a binary frame, a text as one of text; returns whether there was anybody to send to. */
  send(message: Uint8Array | string): boolean {
    if (this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(message);
    return true;
  }

  /** Ends it in an orderly way, after what has been sent. */
  close(): void {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    this.socket.close(1000);
    this.lingering ??= this.clock.after(LINGER_MS, () => this.socket.terminate());
  }

  /** The socket has ended. */
  handleClosed(): void {
    this.lingering?.cancel();
  }

  /** Ends it at once. */
  terminate(): void {
    this.socket.terminate();
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0];
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
