import type { Clock } from '@app/clock';
import type { Logger } from '@app/runtime';
import { PacketType } from '@app/vircadia';
import type { GatewayMetrics } from '../../gateway.metrics.js';
import { NetworkLimit } from '../../network-limit.js';
import { TokenBucket } from '../../rate-limit.js';
import type { LinkType } from '../domain/domain-nodes.js';
import type { VircadiaDomain } from '../domain/vircadia-domain.js';
import { PacedLog } from '../paced-log.js';
import { AddressBook } from './address-book.js';
import { type PeerEdge, UdpPeer } from './udp-peer.js';
import type { DatagramSockets } from './udp-sockets.js';

/** Bytes of the shortest DomainConnectRequest that there can be, and of the shortest packet with a hash. */
const CONNECT_BYTES_MIN = 90;
const GENUINE_BYTES_MIN = 24;
/** Bits of a packet's fourth byte that those by themselves do not have: control, reliable, part, obfuscated. */
const NOT_PLAIN = 0xf8;
/** Connect requests of strangers: of one network (a whole school can be behind one address), and of all. */
const KNOCKS_PER_SECOND = 50;
const KNOCKS_BURST = 300;
const ALL_KNOCKS_PER_SECOND = 200;
const ALL_KNOCKS_BURST = 300;
/** Hashes that are computed for strangers who may be clients at another address. */
const HASHES_PER_SECOND = 1_000;
const HASHES_BURST = 1_000;

/** The edge of UDP: who is at which address, and which strangers are listened to. */
export class UdpEdge implements PeerEdge {
  readonly book = new AddressBook<UdpPeer>();
  private readonly networks = new NetworkLimit(KNOCKS_PER_SECOND, KNOCKS_BURST);
  private readonly knocks = new TokenBucket(ALL_KNOCKS_PER_SECOND, ALL_KNOCKS_BURST);
  private readonly hashes = new TokenBucket(HASHES_PER_SECOND, HASHES_BURST);
  private readonly log: PacedLog;

  constructor(
    private readonly sockets: DatagramSockets,
    private readonly domain: VircadiaDomain,
    readonly clock: Clock,
    logger: Logger,
    private readonly metrics: GatewayMetrics,
  ) {
    this.log = new PacedLog(logger, clock);
  }

  /** Listens; fails when a port is taken, and listens on none then. */
  start(): Promise<void> {
    return this.sockets.start((type, datagram, address, port) => this.receive(type, datagram, address, port));
  }

  /** A second call is harmless. */
  close(): void {
    this.sockets.close();
  }

  // --- What peers need (PeerEdge) ------------------------------------------------------------------------------------

  transmit(type: LinkType, datagram: Uint8Array, port: number, address: string): void {
    if (this.sockets.send(type, datagram, port, address)) this.metrics.countOut('vircadia', datagram.length);
    else this.onDropped('vircadia-socket-full');
  }

  onDropped(reason: string): void {
    this.metrics.countDrop(reason);
  }

  /** A datagram has come to one of the sockets. Never throws. */
  receive(type: LinkType, datagram: Uint8Array, address: string, port: number): void {
    // Nothing can be answered to such an address, and the system refuses to try.
    if (port === 0) return this.onDropped('vircadia-stranger');
    try {
      const peer = this.book.find(address, port);
      if (peer) peer.receive(type, datagram, address, port);
      else if (type === 'D') this.hearKnock(datagram, address, port);
      else this.hearStranger(type, datagram, address, port);
    } catch (error) {
      this.metrics.countDrop('vircadia-failed');
      this.log.error({ err: error }, 'A datagram could not be handled.');
    }
  }

  /** Somebody unknown at the domain's socket, who may only ask to be let in. */
  private hearKnock(datagram: Uint8Array, address: string, port: number): void {
    const isKnock =
      datagram.length >= CONNECT_BYTES_MIN &&
      (datagram[3] & NOT_PLAIN) === 0 &&
      datagram[4] === PacketType.DomainConnectRequest;
    if (!isKnock) return this.onDropped('vircadia-stranger');
    const nowMs = this.clock.nowMs();
    // What one network may not say is not taken from the others; and where all have said too much, nothing is looked up.
    if (!this.knocks.has(nowMs) || !this.networks.take(address, nowMs)) return this.onDropped('vircadia-knocks');
    this.knocks.take(nowMs);
    const peer = new UdpPeer(this, address, port);
    peer.begin(this.domain.enter(peer, false));
    peer.receive('D', datagram, address, port);
    // What is no request is not worth an entry, and what was refused has none any more.
    if (!peer.client.papers) peer.client.end();
  }

  /** Somebody unknown at a node's socket: a client of ours that has moved, or nobody. */
  private hearStranger(type: LinkType, datagram: Uint8Array, address: string, port: number): void {
    const isLikely = datagram.length >= GENUINE_BYTES_MIN && (datagram[3] & NOT_PLAIN) === 0;
    const client = isLikely ? this.domain.clientOf(datagram[6] | (datagram[7] << 8)) : undefined;
    const peer = client?.host;
    if (!client || !(peer instanceof UdpPeer)) return this.onDropped('vircadia-stranger');
    if (!this.hashes.take(this.clock.nowMs())) return this.onDropped('vircadia-hashes');
    if (!client.isGenuine(type, datagram) || !peer.moveProven(type, address, port)) {
      return this.onDropped('vircadia-not-genuine');
    }
    peer.receive(type, datagram, address, port);
  }
}
