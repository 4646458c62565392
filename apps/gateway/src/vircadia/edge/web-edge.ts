import type { Logger } from '@app/runtime';
import { SIGNAL_BYTES_MAX, SOCKETS_PENDING_MAX } from '@app/world';
import type { SignalingOptions } from '../../signaling/signaling.gateway.js';
import { SocketServer } from '../../signaling/socket-server.js';
import { WaitingRoom } from '../../signaling/waiting-room.js';
import { WebClient, type WebGround } from './web-client.js';

/** How long a client may take until its channel to the domain is open, in ms. */
const DOMAIN_TIMEOUT_MS = 10_000;

/** Where Vircadia's web clients come in: a WebSocket of any path, on which they arrange their data channels. */
export class VircadiaWebEdge extends SocketServer {
  constructor(options: SignalingOptions, ground: Omit<WebGround, 'waiting'>, logger: Logger) {
    const { port, listenAddress, originAllowed, trustForwarded } = options;
    const { clock, metrics } = ground;
    const waiting = new WaitingRoom(clock, SOCKETS_PENDING_MAX, DOMAIN_TIMEOUT_MS);
    super(
      { port, listenAddress, originAllowed, trustForwarded, frameBytesMax: SIGNAL_BYTES_MAX },
      (socket) => new WebClient(socket, { ...ground, waiting }),
      clock,
      logger,
      metrics,
    );
  }
}
