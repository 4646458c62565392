import type { Clock } from '@app/clock';
import type { Logger } from '@app/runtime';
import { encodeMessage } from '@app/wire';
import { SIGNAL_BYTES_MAX } from '@app/world';
import type { GatewayMetrics } from '../gateway.metrics.js';
import type { SignalingRouter } from './signaling.router.js';
import { type EdgeSocket, type SocketHandlers, SocketServer, type SocketServerOptions } from './socket-server.js';

export type SignalingOptions = Pick<SocketServerOptions, 'port' | 'listenAddress' | 'originAllowed' | 'trustForwarded'>;

const PATH = '/signal';
const SUBPROTOCOL = 'vicinity.v1';
/** A frame up to this size is read, so that the answer can say that it is too large; more ends the socket with 1009. */
const FRAME_BYTES_MAX = 2 * SIGNAL_BYTES_MAX;

/** The edge of our own clients' signalling: frames in and out, and nothing of what they mean. */
export class SignalingGateway extends SocketServer {
  constructor(
    options: SignalingOptions,
    router: SignalingRouter,
    clock: Clock,
    logger: Logger,
    metrics: GatewayMetrics,
  ) {
    const { port, listenAddress, originAllowed, trustForwarded } = options;
    super(
      {
        port,
        listenAddress,
        originAllowed,
        trustForwarded,
        path: PATH,
        subprotocol: SUBPROTOCOL,
        frameBytesMax: FRAME_BYTES_MAX,
      },
      (socket) => acceptSignals(socket, router, metrics),
      clock,
      logger,
      metrics,
    );
  }
}

function acceptSignals(socket: EdgeSocket, router: SignalingRouter, metrics: GatewayMetrics): SocketHandlers {
  const events = router.accept({
    address: socket.address,
    send: (signal) => {
      const bytes = encodeMessage('ServerSignal', signal);
      if (socket.send(bytes)) metrics.countOut('signal', bytes.length);
    },
    close: () => socket.close(),
    terminate: () => socket.terminate(),
  });
  return {
    // Text frames are no part of the protocol; as empty messages they are refused with a code.
    onFrame: (bytes, isBinary) => events.onFrame(isBinary ? bytes : new Uint8Array(0)),
    onPong: () => events.onPong(),
    onFlood: () => events.onFlood(),
    onClosed: (isOrderly) => events.onClosed(isOrderly),
  };
}
