import { PacketError } from '../vircadia.errors.js';
import { controlPacket, type ControlPacket, ControlType, readControlPacket } from './control-packet.js';
import {
  dataHeaderBytes,
  type DataHeader,
  isControlPacket,
  type MessagePart,
  PACKET_BYTES_MAX,
  readDataHeader,
  writeDataHeader,
} from './data-header.js';
import { type AssemblyLimits, MessageAssembly } from './message-assembly.js';
import { obfuscated } from './obfuscation.js';
import { ReceiveStream } from './receive-stream.js';
import { type SendLimits, SendStream } from './send-stream.js';
import { sequencePlus } from './sequence.js';

/** What a connection may use. Each is a bound on memory that a stranger can make us keep. */
export interface ConnectionLimits extends SendLimits, AssemblyLimits {
  /** Reliable packets that wait for an earlier one. */
  readonly waitingMax: number;
}

/** Good over UDP for everything but files: 1.5 MB to be sent, and messages of 256 KiB from others. */
export const CONNECTION_LIMITS: ConnectionLimits = {
  windowMax: 16,
  queueMax: 1_024,
  resendMsMin: 30,
  waitingMax: 128,
  messageBytesMax: 262_144,
  pendingMessagesMax: 16,
  pendingBytesMax: 1_048_576,
  pendingMsMax: 30_000,
};

/** What a connection asks of its owner. All bytes are lent until the call returns, but for those to be transmitted. */
export interface ConnectionOwner {
  /** Sends a datagram, or a data channel's message, and may keep the bytes until they are gone. */
  transmit(datagram: Uint8Array): void;
  /**
   * Judges a packet before it counts for anything: its type, version, sender and hash. What is refused is neither
   * acknowledged nor kept, so that a forger cannot use up anybody's sequence numbers.
   *
   * @param packet  NL header and payload; of a message each part by itself
   * @returns       bytes of the NL header, or -1 to refuse it
   */
  admit(packet: Uint8Array): number;
  /**
   * A packet, or a whole message with the NL header of its first part. Reliable ones come once, and in the order in
   * which they were sent; messages when their last part is there. PacketErrors of decoders may come out of this: they
   * are counted.
   */
  deliver(packet: Uint8Array, payloadOffset: number, isReliable: boolean): void;
  /**
   * A part of a message, before it is put together with the others: true when the owner takes it, and all others of its
   * message, for itself. Files come this way, which are larger than anything that is kept here. Parts of one message come in
   * order, but not all of them must come. PacketErrors may come out of this, too.
   */
  takePart?(part: MessagePart, packet: Uint8Array, payloadOffset: number): boolean;
  /** The other end has begun anew and will never see these packets. What they said must be said again. */
  onSendingRestarted(givenUpCount: number): void;
}

/**
 * When nothing has come for so long but packets of another stream, the other end is asked to begin anew, in ms. Handshakes
 * have no hash, so that somebody else may have begun a stream in its name, which would stay silent for ever.
 */
const FOREIGN_MS_MAX = 1_000;

/** What was dropped, and why. */
export interface ConnectionCounts {
  malformed: number;
  refused: number;
  duplicate: number;
  tooFar: number;
  withoutHandshake: number;
  /** Messages given up before they were whole (too large, too many, too slow, parts that do not fit), and parts of such. */
  incomplete: number;
}

interface Received {
  readonly packet: Uint8Array;
  readonly payloadOffset: number;
  readonly header: DataHeader;
}

/**
 * One end of a connection (specification B): datagrams in, packets and messages out, and the other way round. It is the
 * same over UDP and data channels, and for servers and clients. It has neither socket nor clock: the owner brings each
 * datagram with the time, and calls `tick` when `dueMs` has come.
 */
export class Connection {
  readonly counts: ConnectionCounts = {
    malformed: 0,
    refused: 0,
    duplicate: 0,
    tooFar: 0,
    withoutHandshake: 0,
    incomplete: 0,
  };
  private readonly incoming: ReceiveStream<Received>;
  private readonly outgoing: SendStream;
  private readonly messages: MessageAssembly;
  private lastUnreliable = 0;
  /** Since when reliable packets are all of another stream than the one that has begun here. */
  private foreignSinceMs: number | undefined;
  private nowMs = 0;

  /** @param initialSequence  gives 27 random bits for each stream of reliable packets */
  constructor(
    private readonly owner: ConnectionOwner,
    initialSequence: () => number,
    limits: ConnectionLimits = CONNECTION_LIMITS,
  ) {
    this.incoming = new ReceiveStream(limits.waitingMax, keep, (received) => this.deliverReliable(received));
    this.outgoing = new SendStream(limits, initialSequence, (datagram) => owner.transmit(datagram));
    this.messages = new MessageAssembly(limits, () => this.counts.incomplete++);
  }

  /** Takes a datagram. Never throws: what is wrong is dropped and counted. */
  receive(datagram: Uint8Array, nowMs: number): void {
    this.nowMs = nowMs;
    if (datagram.length > PACKET_BYTES_MAX) this.counts.malformed++;
    else if (isControlPacket(datagram)) this.onControl(readControlPacket(datagram));
    else this.onData(datagram, readDataHeader(datagram));
  }

  /** @param datagram  4 bytes for the header, then the packet; the connection's from now on */
  sendUnreliable(datagram: Uint8Array): void {
    this.lastUnreliable = sequencePlus(this.lastUnreliable, 1);
    const header = { isReliable: false, obfuscation: 0, sequence: this.lastUnreliable, message: undefined };
    writeDataHeader(datagram, header);
    this.owner.transmit(datagram);
  }

  /** Like sendUnreliable, until it is acknowledged. False: too much is under way. */
  sendReliable(datagram: Uint8Array, nowMs: number): boolean {
    return this.outgoing.sendPacket(datagram, nowMs);
  }

  /** Sends a message; each part has 12 bytes for the header in front. False: too much is under way, nothing was sent. */
  sendMessage(parts: readonly Uint8Array[], nowMs: number): boolean {
    return this.outgoing.sendMessage(parts, nowMs);
  }

  /** The number of a new message that is sent part by part, for what is not there all at once. */
  openMessage(): number {
    return this.outgoing.openMessage();
  }

  /**
   * Sends the next part of such a message; other messages may go in between.
   *
   * @param datagram  12 bytes for the header, then the packet; the connection's from now on
   * @returns         false: too much is under way, it was not sent
   */
  sendPart(datagram: Uint8Array, part: MessagePart, nowMs: number): boolean {
    return this.outgoing.sendPart(datagram, part, nowMs);
  }

  /** Gives up what is under way and begins a new stream with the next packet: the cure for a web client that is stuck. */
  restartSending(): void {
    this.owner.onSendingRestarted(this.outgoing.restart());
  }

  /** Does what time asks for: handshakes and packets are sent again, unfinished messages are forgotten. */
  tick(nowMs: number): void {
    this.nowMs = nowMs;
    this.outgoing.tick(nowMs);
    this.messages.expire(nowMs);
  }

  /** When `tick` has something to do next; Infinity when nothing is under way. */
  get dueMs(): number {
    return Math.min(this.outgoing.dueMs, this.messages.dueMs);
  }

  /** Reliable packets that the other end has not acknowledged. */
  get pendingCount(): number {
    return this.outgoing.pendingCount;
  }

  /** In ms; undefined until something reliable has been sent and acknowledged. */
  get roundTripMs(): number | undefined {
    return this.outgoing.roundTripMs;
  }

  private onControl(control: ControlPacket | undefined): void {
    if (!control) return void this.counts.malformed++;
    const { type, sequence } = control;
    switch (type) {
      case ControlType.Ack:
        return this.outgoing.onAck(sequence, this.nowMs);
      case ControlType.Handshake:
        return this.onHandshake(sequence);
      case ControlType.HandshakeAck:
        return this.outgoing.onHandshakeAck(sequence, this.nowMs);
      case ControlType.HandshakeRequest:
        if (this.outgoing.isOpen) this.restartSending();
    }
  }

  private onHandshake(initial: number): void {
    const outcome = this.incoming.handshake(initial);
    if (outcome === 'stale') return;
    if (outcome === 'new') this.messages.clear();
    this.owner.transmit(controlPacket(ControlType.HandshakeAck, initial));
  }

  private onData(datagram: Uint8Array, header: DataHeader | undefined): void {
    // All messages of this protocol are reliable (B.7): a part without that bit belongs to none.
    if (!header || (header.message && !header.isReliable)) return void this.counts.malformed++;
    const start = dataHeaderBytes(header);
    const clear = header.obfuscation === 0 ? datagram : obfuscated(datagram, header.obfuscation, start);
    const packet = clear.subarray(start);
    const payloadOffset = this.owner.admit(packet);
    if (payloadOffset < 0) this.counts.refused++;
    else if (header.isReliable) this.onReliable({ packet, payloadOffset, header });
    else this.deliver(packet, payloadOffset, false);
  }

  private onReliable(received: Received): void {
    const reception = this.incoming.receive(received.header.sequence, received);
    if (reception === 'no-handshake') {
      this.counts.withoutHandshake++;
      return this.owner.transmit(controlPacket(ControlType.HandshakeRequest));
    }
    if (reception === 'foreign') return this.onForeign();
    this.foreignSinceMs = undefined;
    if (reception === 'duplicate') this.counts.duplicate++;
    if (reception === 'too-far') this.counts.tooFar++;
    // Every one is answered, copies too: a lost answer costs the web SDK ten seconds (trap 6).
    this.owner.transmit(controlPacket(ControlType.Ack, this.incoming.lastInOrder));
  }

  private onForeign(): void {
    this.counts.tooFar++;
    this.foreignSinceMs ??= this.nowMs;
    if (this.nowMs - this.foreignSinceMs < FOREIGN_MS_MAX) return;
    this.foreignSinceMs = this.nowMs;
    this.owner.transmit(controlPacket(ControlType.HandshakeRequest));
  }

  private deliverReliable({ packet, payloadOffset, header }: Received): void {
    if (header.message && this.isTaken(header.message, packet, payloadOffset)) return;
    const whole = header.message
      ? this.messages.add(header.message, packet, payloadOffset, this.nowMs)
      : { packet, payloadOffset };
    if (whole) this.deliver(whole.packet, whole.payloadOffset, true);
  }

  /** A part that cannot be read is taken, too: nobody else could. */
  private isTaken(part: MessagePart, packet: Uint8Array, payloadOffset: number): boolean {
    try {
      return this.owner.takePart?.(part, packet, payloadOffset) ?? false;
    } catch (error) {
      if (!(error instanceof PacketError)) throw error;
      this.counts.malformed++;
      return true;
    }
  }

  /** What cannot be read has arrived all the same: if it were not acknowledged, it would come for ever. */
  private deliver(packet: Uint8Array, payloadOffset: number, isReliable: boolean): void {
    try {
      this.owner.deliver(packet, payloadOffset, isReliable);
    } catch (error) {
      if (!(error instanceof PacketError)) throw error;
      this.counts.malformed++;
    }
  }
}

function keep({ packet, payloadOffset, header }: Received): Received {
  return { packet: packet.slice(), payloadOffset, header };
}
