import { type Socket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { Logger } from '@app/runtime';
import { abandonSharedDatagrams } from '@app/vircadia';
import { LINK_TYPES, type LinkType, portOf } from '../domain/domain-nodes.js';

/** A datagram that came to the socket of a link. The bytes are the receiver's. */
export type DatagramHandler = (type: LinkType, datagram: Uint8Array, address: string, port: number) => void;

/** Sockets as the edge sees them; tests have their own. */
export interface DatagramSockets {
  /** Listens; fails when a port is taken, and listens on none then. */
  start(onDatagram: DatagramHandler): Promise<void>;
  /** Sends, or drops and returns false. The bytes may be kept until they are gone. */
  send(type: LinkType, datagram: Uint8Array, port: number, address: string): boolean;
  /** A second call is harmless. */
  close(): void;
}

/**
 * Bytes that the kernel may keep in each direction while this process, or the network, is busy; it may allow less. A flood
 * of 50,000 small packets a second fills this in a fifth of a second, and is read in a twentieth.
 */
const BUFFER_BYTES = 4_194_304;
/**
 * The same for the domain's socket, where everybody may knock, and knocks cost more: clients give up when they are not
 * answered for five seconds, so that what waits must never be so much. What is lost they say again.
 */
const DOMAIN_BUFFER_BYTES = 524_288;

/** One UDP socket for the domain and one for each node: a flood on one of them fills only that one. */
export class UdpSockets implements DatagramSockets {
  private readonly sockets = new Map<LinkType, Socket>();

  constructor(
    private readonly port: number,
    private readonly listenAddress: string,
    private readonly logger: Logger,
  ) {}

  async start(onDatagram: DatagramHandler): Promise<void> {
    try {
      for (const type of LINK_TYPES) await this.open(type, onDatagram);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  send(type: LinkType, datagram: Uint8Array, port: number, address: string): boolean {
    const socket = this.sockets.get(type);
    // The system takes no more at the moment: what would come later is worth nothing, or is sent again.
    if (!socket || socket.getSendQueueCount() > 0) return false;
    socket.send(datagram, port, address);
    // As a rule the system has it now. If not, its bytes are not to change until it has.
    if (socket.getSendQueueCount() > 0) abandonSharedDatagrams();
    return true;
  }

  close(): void {
    for (const socket of this.sockets.values()) socket.close();
    this.sockets.clear();
  }

  private async open(type: LinkType, onDatagram: DatagramHandler): Promise<void> {
    const family = isIPv6(this.listenAddress) ? 6 : 4;
    const socket = createSocket({
      type: `udp${family}`,
      // Addresses only ever come from packets: nothing is to be looked up, and nothing to be waited for.
      lookup: (address, _options, callback) => callback(null, address, family),
    });
    this.sockets.set(type, socket);
    socket.on('message', (datagram, { address, port }) => onDatagram(type, datagram, address, port));
    const listening = once(socket, 'listening');
    socket.bind(portOf(type, this.port), this.listenAddress);
    await listening;
    socket.on('error', (error) => this.logger.error({ err: error }, 'A UDP socket failed.'));
    socket.setRecvBufferSize(type === 'D' ? DOMAIN_BUFFER_BYTES : BUFFER_BYTES);
    socket.setSendBufferSize(BUFFER_BYTES);
  }
}
