import type { Clock } from '@app/clock';
import { LINK_TYPES, type LinkType } from '../domain/domain-nodes.js';
import type { PacketPath, PathEvents, PeerHost } from '../peer/packet-path.js';
import type { VircadiaClient } from '../peer/vircadia-client.js';
import { TokenBucket } from '../../rate-limit.js';
import type { AddressBook } from './address-book.js';

/** What peers need of the edge. */
export interface PeerEdge {
  readonly clock: Clock;
  readonly book: AddressBook<UdpPeer>;
  transmit(type: LinkType, datagram: Uint8Array, port: number, address: string): void;
  onDropped(reason: string): void;
}

/** An address from which nothing has come for so long may be left for another one that proves itself, in ms. */
const MOVE_SILENCE_MS = 500;
/** So may one port behind a router that shows each of ours another: some nodes hear nothing but a ping each second. */
const PORT_MOVE_SILENCE_MS = 2_500;
/** Bytes sent for each one received, as long as nobody knows whether the client is where it seems to be. */
const AMPLIFICATION_MAX = 3;
/** Four times what an honest client sends while it also uploads. */
const PACKETS_PER_SECOND = 2_000;
const PACKETS_BURST = 4_000;
/** Requests to the domain of one that has proven nothing. */
const REQUESTS_PER_SECOND = 4;
const REQUESTS_BURST = 12;

/** A client that comes over UDP: where it is, as each of our sockets sees it. */
export class UdpPeer implements PeerHost {
  client!: VircadiaClient;
  receivedBytes = 0;
  sentBytes = 0;
  /** Where the last packet with a right hash came from. */
  private provenAddress = '';
  private provenPort = 0;
  private heardMs = -Infinity;
  /** To the domain; to nodes only when the client has spoken to one of them. */
  private readonly paths = new Map<LinkType, UdpPath>();
  private readonly packets = new TokenBucket(PACKETS_PER_SECOND, PACKETS_BURST);
  private readonly requests = new TokenBucket(REQUESTS_PER_SECOND, REQUESTS_BURST);

  constructor(
    readonly edge: PeerEdge,
    readonly address: string,
    port: number,
  ) {
    this.paths.set('D', new UdpPath(this, 'D', address, port));
    edge.book.set(address, port, this);
  }

  /** The client behind this peer. */
  begin(client: VircadiaClient): void {
    this.client = client;
    this.attach(this.pathTo('D'));
  }

  /** A packet from one of the client's addresses. */
  receive(type: LinkType, datagram: Uint8Array, address: string, port: number): void {
    const nowMs = this.edge.clock.nowMs();
    if (!this.packets.take(nowMs)) return this.edge.onDropped('vircadia-rate');
    if (!this.isProven && !this.mayAsk(type, datagram, nowMs)) return;
    this.receivedBytes += datagram.length;
    const path = this.pathTo(type);
    // Behind some NATs each of our sockets sees another port, and after a while they all change.
    if (path.port !== port || path.address !== address) {
      if (!this.isProvenPlace(address, port) && !this.client.isGenuine(type, datagram)) {
        return this.edge.onDropped('vircadia-not-genuine');
      }
      this.move([path], address, port);
    }
    path.heardMs = this.heardMs = nowMs;
    const { provenMs } = this.client;
    path.events?.onPacket(datagram);
    if (this.client.provenMs === provenMs) return;
    this.provenAddress = address;
    this.provenPort = port;
  }

  /**
   * A packet with the client's hash, from an address that is not known to be its: it may have moved. A copy of an old
   * packet, sent by somebody else, must not move it as long as it is still where it was.
   *
   * @returns  whether it is there now
   */
  moveProven(type: LinkType, address: string, port: number): boolean {
    const nowMs = this.edge.clock.nowMs();
    const path = this.pathTo(type);
    if (!this.mayLeave(path, nowMs)) return false;
    const { address: oldAddress, port: oldPort } = path;
    const others = [...this.paths.values()].filter((other) => {
      const isThere = other.address === oldAddress && other.port === oldPort;
      // The domain's moves when the client checks in: from an address known by then, or else never.
      return isThere && other.type !== 'D' && this.mayLeave(other, nowMs);
    });
    this.move(others, address, port);
    return true;
  }

  get isProven(): boolean {
    return this.client.isPresent;
  }

  get allowanceBytes(): number | undefined {
    return this.isProven ? undefined : AMPLIFICATION_MAX * this.receivedBytes - this.sentBytes;
  }

  close(): void {
    for (const { address, port } of this.paths.values()) this.edge.book.remove(address, port, this);
  }

  /** Of one that has proven nothing the domain hears little, and nodes only the proof. */
  private mayAsk(type: LinkType, datagram: Uint8Array, nowMs: number): boolean {
    if (type === 'D' ? this.requests.take(nowMs) : this.client.isGenuine(type, datagram)) return true;
    this.edge.onDropped(type === 'D' ? 'vircadia-rate' : 'vircadia-not-genuine');
    return false;
  }

  private pathTo(type: LinkType): UdpPath {
    if (!this.paths.has(type)) this.openPaths();
    return this.paths.get(type) as UdpPath;
  }

  private openPaths(): void {
    const { address, port } = this.paths.get('D') as UdpPath;
    for (const type of LINK_TYPES) {
      if (this.paths.has(type)) continue;
      const path = new UdpPath(this, type, address, port);
      this.paths.set(type, path);
      this.attach(path);
    }
  }

  private attach(path: UdpPath): void {
    path.events = this.client.attach(path.type, path);
  }

  /** An old address may be somebody else's by now, who is to lead nothing there. */
  private isProvenPlace(address: string, port: number): boolean {
    return this.provenPort === port && this.provenAddress === address;
  }

  private mayLeave(path: UdpPath, nowMs: number): boolean {
    return nowMs - this.heardMs >= MOVE_SILENCE_MS || nowMs - path.heardMs >= PORT_MOVE_SILENCE_MS;
  }

  private move(paths: readonly UdpPath[], address: string, port: number): void {
    const { book } = this.edge;
    const left = paths.map((path) => ({ address: path.address, port: path.port }));
    for (const path of paths) {
      path.address = address;
      path.port = port;
    }
    book.set(address, port, this);
    for (const old of left) {
      const isUsed = [...this.paths.values()].some((path) => path.address === old.address && path.port === old.port);
      if (!isUsed) book.remove(old.address, old.port, this);
    }
  }
}

/** The way from one of our sockets to the client. */
class UdpPath implements PacketPath {
  readonly isWeb = false;
  events: PathEvents | undefined;
  heardMs = -Infinity;

  constructor(
    private readonly peer: UdpPeer,
    readonly type: LinkType,
    public address: string,
    public port: number,
  ) {}

  get allowanceBytes(): number | undefined {
    return this.peer.allowanceBytes;
  }

  send(datagram: Uint8Array): void {
    const { peer } = this;
    if (!peer.isProven) {
      if (datagram.length > (peer.allowanceBytes ?? 0)) return peer.edge.onDropped('vircadia-unproven');
      peer.sentBytes += datagram.length;
    }
    peer.edge.transmit(this.type, datagram, this.port, this.address);
  }

  close(): void {
    this.events = undefined;
  }
}
