import {
  ByteReader,
  CODECS_TO_CLIENT,
  ConnectReason,
  type DomainCheckIn,
  type DomainList,
  ipv4Socket,
  NodeType,
  NULL_UUID,
  PacketType,
  PROTOCOL_SIGNATURE,
  SocketType,
} from '@app/vircadia';
import { type LinkOwner, type NodeAddress, NodeLink } from './node-link.js';

/** How often a client checks in, and after how long without an answer it begins anew, in ms (specification D.9). */
const CHECK_IN_INTERVAL_MS = 1_000;
const SILENCE_MS_MAX = 5_000;
const INTEREST = [
  NodeType.AudioMixer,
  NodeType.AvatarMixer,
  NodeType.EntityServer,
  NodeType.MessagesMixer,
  NodeType.AssetServer,
  NodeType.EntityScriptServer,
];

/** What becomes known. Bytes are lent until the call returns. */
export interface DomainClientOwner {
  /** Sends from the client's one socket. */
  transmit(datagram: Uint8Array, address: NodeAddress): void;
  handleConnected(): void;
  /** The domain does not answer any more; the client begins anew by itself. */
  handleLost(): void;
  handleDenied(reason: string): void;
  handleActive(link: NodeLink): void;
  handlePacket(link: NodeLink, type: number, packet: Uint8Array, payloadOffset: number): void;
}

/** Who comes, and where to. */
export interface DomainClientOptions {
  readonly domain: NodeAddress;
  /** The port of the client's own socket. */
  readonly localPort: number;
  readonly place: string;
  readonly machineFingerprint: string;
  /** Whether hashes of packets are checked. */
  readonly verifies: boolean;
  /** In [0, 1). */
  readonly chance: () => number;
}

/** The handshake of a native client with a domain (specification D): a state machine without socket and clock. */
export class DomainClient implements LinkOwner {
  /** Undefined as long as the domain has not let us in. */
  list: DomainList | undefined;
  readonly links = new Map<string, NodeLink>();
  private domain: NodeLink;
  private byPort = new Map<number, NodeLink>();
  private nextCheckInMs = 0;
  private heardMs = 0;
  private reason: number = ConnectReason.Connect;

  constructor(
    private readonly owner: DomainClientOwner,
    private readonly options: DomainClientOptions,
  ) {
    this.domain = this.domainLink();
  }

  get isConnected(): boolean {
    return this.list !== undefined;
  }

  /** A datagram for our socket. Which node it is from its port tells: each has its own (trap 10). */
  receive(datagram: Uint8Array, fromPort: number, nowMs: number): void {
    if (fromPort === this.options.domain.port) this.domain.receive(datagram, nowMs);
    else this.byPort.get(fromPort)?.receive(datagram, nowMs);
  }

  /** To be called some ten times a second. */
  tick(nowMs: number, wallMs: number): void {
    if (this.list && nowMs - this.heardMs > SILENCE_MS_MAX) this.lose();
    if (nowMs >= this.nextCheckInMs) {
      this.nextCheckInMs = nowMs + CHECK_IN_INTERVAL_MS;
      this.checkIn(nowMs, wallMs);
    }
    this.domain.tick(nowMs, wallMs * 1_000);
    for (const link of this.links.values()) link.tick(nowMs, Math.round(wallMs * 1_000));
    this.nowMs = nowMs;
  }

  /** The node of a type once it has answered. */
  active(type: string): NodeLink | undefined {
    const link = this.links.get(type);
    return link?.isActive ? link : undefined;
  }

  leave(nowMs: number): void {
    if (this.list) this.domain.sender.send('DomainDisconnectRequest', undefined, nowMs);
    this.reset(ConnectReason.Connect);
  }

  transmit(datagram: Uint8Array, address: NodeAddress): void {
    this.owner.transmit(datagram, address);
  }

  handleActive(link: NodeLink): void {
    this.owner.handleActive(link);
  }

  handlePacket(link: NodeLink, type: number, packet: Uint8Array, payloadOffset: number): void {
    if (link !== this.domain) return this.owner.handlePacket(link, type, packet, payloadOffset);
    const payload = reader.reset(packet, payloadOffset);
    switch (type) {
      case PacketType.DomainList:
        return this.takeList(CODECS_TO_CLIENT.DomainList.read(payload));
      case PacketType.DomainConnectionDenied:
        return this.owner.handleDenied(CODECS_TO_CLIENT.DomainConnectionDenied.read(payload).text);
      case PacketType.DomainServerAddedNode:
        if (this.list) this.addNode(CODECS_TO_CLIENT.DomainServerAddedNode.read(payload), this.list.localId);
        return;
      case PacketType.DomainServerRemovedNode:
        return this.removeNode(CODECS_TO_CLIENT.DomainServerRemovedNode.read(payload));
    }
  }

  randomUint27(): number {
    return Math.floor(this.options.chance() * 0x800_0000);
  }

  private nowMs = 0;

  private checkIn(nowMs: number, wallMs: number): void {
    const checkIn = this.checkInAt(wallMs);
    if (this.list) {
      this.domain.sender.send('DomainListRequest', checkIn, nowMs);
      return;
    }
    this.domain.sender.send(
      'DomainConnectRequest',
      {
        ...checkIn,
        connectId: NULL_UUID,
        protocolSignature: PROTOCOL_SIGNATURE,
        hardwareAddress: null,
        machineFingerprint: this.options.machineFingerprint,
        systemInfo: new Uint8Array(0),
        reason: this.reason,
        previousUptimeUs: 0,
        username: '',
        usernameSignature: new Uint8Array(0),
        domainUsername: undefined,
        domainTokens: undefined,
      },
      nowMs,
    );
  }

  /** Our own address nobody needs: the domain sees where we are. */
  private checkInAt(wallMs: number): DomainCheckIn {
    const socket = ipv4Socket(SocketType.Udp, '0.0.0.0', this.options.localPort);
    return {
      currentTime: Math.round(wallMs * 1_000),
      ownerType: NodeType.Agent,
      publicSocket: socket,
      localSocket: socket,
      interest: INTEREST,
      placeName: this.options.place,
    };
  }

  private takeList(list: DomainList): void {
    this.heardMs = Math.max(this.heardMs, this.nowMs);
    const isNew = this.list === undefined;
    this.list = list;
    if (isNew) {
      this.heardMs = this.nowMs;
      this.domain.sender.identity = { localId: list.localId };
      this.domain.sender.send('DomainServerPathQuery', '/', this.nowMs);
    }
    for (const node of list.nodes) this.addNode(node, list.localId);
    if (isNew) this.owner.handleConnected();
  }

  private addNode(record: DomainList['nodes'][number], localId: number): void {
    if (this.links.get(record.type)?.nodeId === record.id) return;
    const link = NodeLink.to(this, record, localId, this.options.domain.host, this.options.verifies);
    this.links.set(record.type, link);
    this.byPort = new Map([...this.links.values()].map((each) => [each.address.port, each]));
  }

  private removeNode(nodeId: string): void {
    for (const [type, link] of this.links) {
      if (link.nodeId !== nodeId) continue;
      this.links.delete(type);
      this.byPort.delete(link.address.port);
    }
  }

  private lose(): void {
    this.reset(ConnectReason.SilentDomainDisconnect);
    this.owner.handleLost();
  }

  private reset(reason: number): void {
    this.reason = reason;
    this.list = undefined;
    this.links.clear();
    this.byPort.clear();
    this.nextCheckInMs = 0;
    this.domain = this.domainLink();
  }

  private domainLink(): NodeLink {
    return new NodeLink(this, NodeType.DomainServer, NULL_UUID, this.options.domain, { localId: 0 }, undefined);
  }
}

const reader = new ByteReader(new Uint8Array(0));
