import {
  ByteReader,
  CODECS_TO_CLIENT,
  CODECS_TO_SERVER,
  Connection,
  type ConnectionOwner,
  type DomainConnectRequest,
  type DomainConnectionDenied,
  type DomainList,
  NULL_UUID,
  type NodeRecord,
  PACKET_TYPES,
  PROTOCOL_SIGNATURE,
  type PacketIdentity,
  PacketSecret,
  PacketSender,
  type PacketTypeName,
  SocketType,
  admitFrom,
  ipv4Socket,
} from '@app/vircadia';
import type { LinkType, VirtualNode } from '../src/vircadia/domain/domain-nodes.js';

export const ALL_NODES = ['M', 'W', 'o', 'm', 'A', 'S'];

/** A packet as a test looks at it. */
export interface Heard {
  readonly name: PacketTypeName;
  readonly payload: Uint8Array;
}

/** One end of the client's links. */
export class ClientLinkEnd implements ConnectionOwner {
  readonly heard: Heard[] = [];
  readonly connection: Connection;
  sender: PacketSender<typeof CODECS_TO_SERVER>;

  constructor(
    private readonly client: NativeClient,
    readonly type: LinkType,
    own: PacketIdentity,
    private readonly node: PacketIdentity | undefined,
  ) {
    this.connection = new Connection(this, () => 1_000);
    this.sender = new PacketSender(this.connection, CODECS_TO_SERVER, own, 262_144);
  }

  transmit(datagram: Uint8Array): void {
    this.client.transmit(this.type, datagram);
  }

  admit(packet: Uint8Array): number {
    return admitFrom(packet, this.node);
  }

  deliver(packet: Uint8Array, payloadOffset: number): void {
    const { name } = PACKET_TYPES[packet[0]];
    const payload = packet.slice(payloadOffset);
    this.heard.push({ name, payload });
    this.client.handle(this, name, payload);
  }

  onSendingRestarted(): void {
    return;
  }

  /** Payloads of a type that have come. */
  all(name: PacketTypeName): Uint8Array[] {
    return this.heard.filter((each) => each.name === name).map(({ payload }) => payload);
  }
}

/** A client over UDP as specification D describes it, played by a test: no socket, and a clock that the test brings. */
export class NativeClient {
  domain = new ClientLinkEnd(this, 'D', { localId: 0 }, undefined);
  readonly nodes = new Map<VirtualNode, ClientLinkEnd>();
  readonly lists: DomainList[] = [];
  readonly denials: DomainConnectionDenied[] = [];
  readonly records = new Map<string, NodeRecord>();
  /** Answers pings of nodes. */
  answers = true;
  nowMs = 0;
  time = 1;
  interest: readonly string[] = ALL_NODES;

  /** @param send  of a datagram, to the port of a link */
  constructor(
    private readonly send: (type: LinkType, datagram: Uint8Array) => void,
    readonly fingerprint = '00000000-0000-4000-8000-000000000001',
  ) {}

  get list(): DomainList | undefined {
    return this.lists.at(-1);
  }

  transmit(type: LinkType, datagram: Uint8Array): void {
    this.send(type, datagram);
  }

  receive(type: LinkType, datagram: Uint8Array): void {
    const link = type === 'D' ? this.domain : this.nodes.get(type);
    link?.connection.receive(datagram, this.nowMs);
  }

  connect(changes: Partial<DomainConnectRequest> = {}): void {
    this.domain.sender.send('DomainConnectRequest', this.connectRequest(changes), this.nowMs);
  }

  connectRequest(changes: Partial<DomainConnectRequest> = {}): DomainConnectRequest {
    return {
      ...this.checkInRequest(),
      connectId: NULL_UUID,
      protocolSignature: PROTOCOL_SIGNATURE,
      hardwareAddress: '00:11:22:33:44:55',
      machineFingerprint: this.fingerprint,
      systemInfo: new Uint8Array(200),
      reason: 0,
      previousUptimeUs: 0,
      username: '',
      usernameSignature: new Uint8Array(0),
      domainUsername: undefined,
      domainTokens: undefined,
      ...changes,
    };
  }

  checkIn(): void {
    this.domain.sender.send('DomainListRequest', this.checkInRequest(), this.nowMs);
  }

  ping(type: VirtualNode): void {
    const ping = { type: 2, timeUs: 1_000 * this.time++, connectionId: 1 };
    this.nodes.get(type)?.sender.send('Ping', ping, this.nowMs);
  }

  pingAll(): void {
    for (const type of this.nodes.keys()) this.ping(type);
  }

  disconnect(): void {
    this.domain.sender.send('DomainDisconnectRequest', undefined, this.nowMs);
  }

  tick(nowMs: number): void {
    this.nowMs = nowMs;
    for (const link of [this.domain, ...this.nodes.values()]) link.connection.tick(nowMs);
  }

  handle(link: ClientLinkEnd, name: PacketTypeName, payload: Uint8Array): void {
    const reader = new ByteReader(payload);
    if (name === 'DomainList') this.takeList(CODECS_TO_CLIENT.DomainList.read(reader));
    if (name === 'DomainServerAddedNode') this.takeNode(CODECS_TO_CLIENT.DomainServerAddedNode.read(reader));
    if (name === 'DomainConnectionDenied') this.denials.push(CODECS_TO_CLIENT.DomainConnectionDenied.read(reader));
    if (name === 'Ping' && this.answers) {
      const { type, timeUs } = CODECS_TO_CLIENT.Ping.read(reader);
      link.sender.send('PingReply', { type, pingUs: timeUs, replyUs: timeUs }, this.nowMs);
    }
  }

  private takeList(list: DomainList): void {
    if (list.isNewConnection && this.list?.localId !== list.localId) this.nodes.clear();
    this.lists.push(list);
    this.domain.sender.identity = { localId: list.localId };
    for (const node of list.nodes) this.takeNode(node);
  }

  private takeNode(record: NodeRecord): void {
    const type = record.type as VirtualNode;
    this.records.set(type, record);
    const localId = this.list?.localId ?? 0;
    const secret = new PacketSecret(record.secret);
    if (!this.nodes.has(type)) {
      this.nodes.set(type, new ClientLinkEnd(this, type, { localId, secret }, { localId: record.localId, secret }));
    }
  }

  private checkInRequest(): Pick<
    DomainConnectRequest,
    'currentTime' | 'ownerType' | 'publicSocket' | 'localSocket' | 'interest' | 'placeName'
  > {
    const socket = ipv4Socket(SocketType.Udp, '192.0.2.1', 50_000);
    const currentTime = this.time++;
    return {
      currentTime,
      ownerType: 'I',
      publicSocket: socket,
      localSocket: socket,
      interest: this.interest,
      placeName: '',
    };
  }
}
