import {
  CODECS_TO_CLIENT,
  CODECS_TO_SERVER,
  Connection,
  type ConnectionOwner,
  ControlType,
  DATA_HEADER_BYTES,
  type Delivery,
  MessageOutlet,
  type MessagePart,
  PACKET_TYPES,
  PacketError,
  type PacketIdentity,
  PacketSender,
  PacketType,
  type PacketTypeName,
  type PayloadOf,
  admitFrom,
  datagramOf,
  datagramToSendOnce,
  isControlPacket,
  messageParts,
  readControlPacket,
} from '@app/vircadia';
import { TokenBucket } from '../../rate-limit.js';
import type { LinkType } from '../domain/domain-nodes.js';
import type { StreamingPort } from '../translate/translator.js';
import { limitsOf } from './link-limits.js';
import type { PacketPath } from './packet-path.js';

type ToClient = typeof CODECS_TO_CLIENT;

/** What happens on a link, told to the client that it belongs to. */
export interface LinkHost {
  /** A number of 27 random bits. */
  initialSequence(): number;
  /** Any packet that was admitted, before it is delivered. */
  onHeard(link: Link, packet: Uint8Array): void;
  /** A packet that was not admitted. */
  onRefused(link: Link, packet: Uint8Array): void;
  /** A packet whose type clients send. PacketErrors may come out of it. */
  onPacket(link: Link, name: PacketTypeName, packet: Uint8Array, payloadOffset: number): void;
  /** A part of a message; true when it was taken and is not to be put together. */
  onPart?(link: Link, name: PacketTypeName, part: MessagePart, packet: Uint8Array, payloadOffset: number): boolean;
  onSendingRestarted(link: Link): void;
  /** What was dropped here, and why: a reason of the metrics. */
  onDropped(reason: string, count: number): void;
}

/** Of types that clients send, by number. */
const NAMES: ReadonlyArray<PacketTypeName | undefined> = PACKET_TYPES.map(({ name }) =>
  name in CODECS_TO_SERVER ? name : undefined,
);
/** Bytes for which a packet counts that waits to be acknowledged: most are full. */
const PENDING_PACKET_BYTES = 1_464;
const MESSAGE_OUT_BYTES_MAX = 1_048_576;
/** Requests of one client to begin a stream of reliable packets anew. */
const RESTARTS_PER_SECOND = 0.2;
const RESTARTS_BURST = 3;
const DROP_REASONS = {
  malformed: 'vircadia-malformed',
  refused: 'vircadia-refused',
  duplicate: 'vircadia-duplicate',
  tooFar: 'vircadia-too-far',
  withoutHandshake: 'vircadia-no-handshake',
  incomplete: 'vircadia-message-incomplete',
} as const;

/** What one client and one end of ours, the domain or a node, say to each other: connection, sender and path. */
export class Link implements ConnectionOwner, StreamingPort {
  private path: PacketPath | undefined;
  private connection!: Connection;
  private sender!: PacketSender<ToClient>;
  private nowMs = 0;
  private readonly restarts = new TokenBucket(RESTARTS_PER_SECOND, RESTARTS_BURST);

  /**
   * @param own   as whom we send, to this client
   * @param peer  as whom the client sends; undefined as long as it is nobody
   */
  constructor(
    readonly type: LinkType,
    private own: PacketIdentity,
    private peer: PacketIdentity | undefined,
    private readonly host: LinkHost,
  ) {
    this.restart();
  }

  /** Who is at the other end. */
  identify(own: PacketIdentity, peer: PacketIdentity | undefined): void {
    this.own = own;
    this.peer = peer;
    this.sender.identity = own;
  }

  get hasPath(): boolean {
    return this.path !== undefined;
  }

  uses(path: PacketPath): boolean {
    return this.path === path;
  }

  get isWeb(): boolean {
    return this.path?.isWeb ?? false;
  }

  get address(): string {
    return this.path?.address ?? '';
  }

  /** Bytes that may be sent now to somebody who has proven nothing. */
  get allowanceBytes(): number {
    return this.path?.allowanceBytes ?? Infinity;
  }

  /** Packets go this way from now on. Over a new data channel both ends begin anew. */
  usePath(path: PacketPath | undefined): void {
    const old = this.path;
    this.path = path;
    if (old === path) return;
    old?.close();
    // What is there before the first one is right for one that loses packets.
    if (old || this.isWeb) this.restart();
  }

  /** Forgets what is under way in both directions. */
  restart(): void {
    const isWeb = this.isWeb;
    if (this.connection) this.flushCounts();
    this.connection = new Connection(this, () => this.host.initialSequence(), limitsOf(this.type, isWeb));
    this.sender = new PacketSender(this.connection, CODECS_TO_CLIENT, this.own, MESSAGE_OUT_BYTES_MAX);
  }

  receive(datagram: Uint8Array, nowMs: number): void {
    this.nowMs = nowMs;
    // Everything is told anew after that, which anybody might ask for in the client's name.
    if (isHandshakeRequest(datagram) && !this.restarts.take(nowMs)) return this.host.onDropped('vircadia-restarts', 1);
    this.connection.receive(datagram, nowMs);
  }

  tick(nowMs: number): void {
    if (nowMs >= this.connection.dueMs) this.connection.tick(nowMs);
  }

  get pendingCount(): number {
    return this.connection.pendingCount;
  }

  get pendingBytes(): number {
    return this.connection.pendingCount * PENDING_PACKET_BYTES;
  }

  send<Name extends keyof ToClient & PacketTypeName>(
    name: Name,
    value: PayloadOf<ToClient[Name]>,
    nowMs: number,
    delivery?: Delivery,
  ): boolean {
    return this.path !== undefined && this.sender.send(name, value, nowMs, delivery);
  }

  sendPayload(
    name: PacketTypeName,
    payload: Uint8Array,
    nowMs: number,
    delivery: Delivery = PACKET_TYPES[PacketType[name]].delivery,
  ): boolean {
    if (!this.path) return false;
    const type = PacketType[name];
    if (delivery === 'message') return this.connection.sendMessage(messageParts(type, this.own, payload), nowMs);
    const make = delivery === 'reliable' ? datagramOf : datagramToSendOnce;
    const datagram = make(type, this.own, (writer) => writer.bytes(payload, 'payload'));
    if (delivery === 'reliable') return this.connection.sendReliable(datagram, nowMs);
    this.connection.sendUnreliable(datagram);
    return true;
  }

  openMessage(name: PacketTypeName): MessageOutlet {
    return new MessageOutlet(this.connection, PacketType[name], this.own);
  }

  /** Hands over what was dropped since the last call. */
  flushCounts(): void {
    const { counts } = this.connection;
    for (const [name, reason] of Object.entries(DROP_REASONS)) {
      const count = counts[name as keyof typeof counts];
      if (count === 0) continue;
      counts[name as keyof typeof counts] = 0;
      this.host.onDropped(reason, count);
    }
  }

  close(): void {
    this.flushCounts();
    this.path?.close();
    this.path = undefined;
  }

  // --- ConnectionOwner -----------------------------------------------------------------------------------------------

  transmit(datagram: Uint8Array): void {
    this.path?.send(datagram);
  }

  admit(packet: Uint8Array): number {
    const payloadOffset = admitFrom(packet, this.peer);
    if (payloadOffset >= 0) this.host.onHeard(this, packet);
    else this.host.onRefused(this, packet);
    return payloadOffset;
  }

  deliver(packet: Uint8Array, payloadOffset: number): void {
    const name = NAMES[packet[0]];
    if (name === undefined)
      throw new PacketError('vircadia-packet-malformed', 'type', 'Clients do not send this type.');
    this.host.onPacket(this, name, packet, payloadOffset);
  }

  takePart(part: MessagePart, packet: Uint8Array, payloadOffset: number): boolean {
    const name = NAMES[packet[0]];
    return name !== undefined && (this.host.onPart?.(this, name, part, packet, payloadOffset) ?? false);
  }

  onSendingRestarted(): void {
    this.host.onSendingRestarted(this);
  }

  /** When the packet came that is being delivered. */
  get receivedMs(): number {
    return this.nowMs;
  }
}

/** Whether the datagram is a packet by itself that only this peer can have made: one with its hash. */
export function isGenuineDatagram(datagram: Uint8Array, peer: Required<PacketIdentity>): boolean {
  if (datagram.length <= DATA_HEADER_BYTES || (datagram[3] & 0xf8) !== 0) return false;
  const packet = datagram.subarray(DATA_HEADER_BYTES);
  return PACKET_TYPES[packet[0]]?.header === 'verified' && admitFrom(packet, peer) >= 0;
}

function isHandshakeRequest(datagram: Uint8Array): boolean {
  return isControlPacket(datagram) && readControlPacket(datagram)?.type === ControlType.HandshakeRequest;
}
