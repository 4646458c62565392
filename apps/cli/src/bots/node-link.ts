import {
  admitFrom,
  ByteReader,
  CODECS_TO_CLIENT,
  CODECS_TO_SERVER,
  Connection,
  type ConnectionOwner,
  type NodeRecord,
  PacketSecret,
  PacketSender,
  PacketType,
  PingType,
  type PacketIdentity,
} from '@app/vircadia';

/** How often an unanswered node is pinged, and one that has answered, in ms (specification D.10). */
const PUNCH_INTERVAL_MS = 250;
const KEEP_ALIVE_INTERVAL_MS = 1_000;
const MESSAGE_BYTES_MAX = 262_144;

/** Where a node is reached. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** What a link asks of the client it belongs to. */
export interface LinkOwner {
  transmit(datagram: Uint8Array, address: NodeAddress): void;
  /** Bytes are lent until the call returns. */
  handlePacket(link: NodeLink, type: number, packet: Uint8Array, payloadOffset: number): void;
  /** The node has answered for the first time. */
  handleActive(link: NodeLink): void;
  randomUint27(): number;
}

/** One node as a client knows it: the domain server, or a mixer. */
export class NodeLink implements ConnectionOwner {
  readonly connection: Connection;
  readonly sender: PacketSender<typeof CODECS_TO_SERVER>;
  isActive = false;
  private nextPingMs = 0;
  private nowMs = 0;

  /**
   * @param type    a NodeType
   * @param nodeId  its UUID; the domain server's is not needed
   * @param own     whose packets we send: our number, and the secret shared with the node
   * @param node    whose packets we accept
   */
  constructor(
    private readonly owner: LinkOwner,
    readonly type: string,
    readonly nodeId: string,
    readonly address: NodeAddress,
    own: PacketIdentity,
    private readonly node: PacketIdentity | undefined,
  ) {
    this.connection = new Connection(this, () => owner.randomUint27());
    this.sender = new PacketSender(this.connection, CODECS_TO_SERVER, own, MESSAGE_BYTES_MAX);
  }

  /** The link to a node that a DomainList has told of. */
  static to(owner: LinkOwner, record: NodeRecord, localId: number, host: string, verifies: boolean): NodeLink {
    const { publicSocket } = record;
    const told = publicSocket.host.kind === 'ipv4' ? publicSocket.host.address : '0.0.0.0';
    // A server that does not know its own address is where the domain is.
    const address = { host: told === '0.0.0.0' ? host : told, port: publicSocket.port };
    const secret = new PacketSecret(record.secret);
    const node = { localId: record.localId, secret: verifies ? secret : undefined };
    return new NodeLink(owner, record.type, record.id, address, { localId, secret }, node);
  }

  receive(datagram: Uint8Array, nowMs: number): void {
    this.nowMs = nowMs;
    this.connection.receive(datagram, nowMs);
  }

  /** Sends again what must be, and pings. The domain server is not pinged. */
  tick(nowMs: number, wallUs: number): void {
    this.nowMs = nowMs;
    if (nowMs >= this.connection.dueMs) this.connection.tick(nowMs);
    if (!this.node || nowMs < this.nextPingMs) return;
    this.nextPingMs = nowMs + (this.isActive ? KEEP_ALIVE_INTERVAL_MS : PUNCH_INTERVAL_MS);
    this.sender.send('Ping', { type: PingType.Public, timeUs: wallUs, connectionId: 1 }, nowMs);
  }

  transmit(datagram: Uint8Array): void {
    this.owner.transmit(datagram, this.address);
  }

  admit(packet: Uint8Array): number {
    return admitFrom(packet, this.node);
  }

  deliver(packet: Uint8Array, payloadOffset: number): void {
    const type = packet[0];
    if (type === PacketType.PingReply) {
      if (this.isActive) return;
      this.isActive = true;
      this.owner.handleActive(this);
    } else if (type === PacketType.Ping) {
      const ping = CODECS_TO_CLIENT.Ping.read(reader.reset(packet, payloadOffset));
      this.sender.send('PingReply', { type: ping.type, pingUs: ping.timeUs, replyUs: ping.timeUs }, this.nowMs);
    } else {
      this.owner.handlePacket(this, type, packet, payloadOffset);
    }
  }

  onSendingRestarted(): void {
    // What a bot says reliably it says again by itself, or nobody misses it.
  }
}

const reader = new ByteReader(new Uint8Array(0));
