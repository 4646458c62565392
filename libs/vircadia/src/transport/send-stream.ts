import { controlPacket, ControlType } from './control-packet.js';
import { MESSAGE_HEADER_BYTES, DATA_HEADER_BYTES, MessagePosition, writeDataHeader } from './data-header.js';
import type { MessagePart } from './data-header.js';
import { obfuscated, obfuscationOfResend } from './obfuscation.js';
import { RoundTrip } from './round-trip.js';
import { isSequenceAfter, sequencePlus, sequenceSteps } from './sequence.js';

/** A handshake that is not answered is sent again this often, in ms (specification B.5). */
const HANDSHAKE_INTERVAL_MS = 100;
/** After five seconds of that less often: the address may be a stranger's, put into somebody's packet. */
const HANDSHAKES_OFTEN = 50;
const HANDSHAKE_INTERVAL_MS_LATER = 1_000;
/** Acknowledgements of the same number after which the next one counts as lost. */
const DUPLICATE_ACKS_OF_LOSS = 3;
/** Losses on the air are no sign of a crowd: with fewer under way, what is lost with 20 % loss is found too late. */
const WINDOW_MIN = 8;

export interface SendLimits {
  /** Packets under way at a time: 16 is what the specification advises (B.6). */
  readonly windowMax: number;
  /** Packets that wait or are under way; what is more is refused. */
  readonly queueMax: number;
  /**
   * The shortest time until a packet is sent again, in ms. Over an ordered data channel nothing is lost but time, and a
   * second is better.
   */
  readonly resendMsMin: number;
}

/** A packet with room for its header in front. */
interface QueuedPacket {
  readonly datagram: Uint8Array;
  readonly message: MessagePart | undefined;
}

interface SentPacket extends QueuedPacket {
  readonly sequence: number;
  readonly firstSentMs: number;
  resendCount: number;
  dueMs: number;
}

/** The sending end of one reliable stream (specification B.5, B.6): handshake, window, sending again. No clock inside. */
export class SendStream {
  private state: 'idle' | 'shaking' | 'open' = 'idle';
  private initial = 0;
  private handshakeSentMs = 0;
  private handshakeCount = 0;
  private nextSequence = 0;
  private nextMessage = 1;
  private queued: QueuedPacket[] = [];
  /** Where the queue begins: what is before it is under way already. */
  private queuedFrom = 0;
  private readonly underway: SentPacket[] = [];
  private duplicateAcks = 0;
  /** After a loss: the last packet that was under way then. What is missing up to it has been lost, too. */
  private lossEnd: number | undefined;
  private window: number;
  private narrowedMs = -Infinity;
  private roundTrip: RoundTrip;

  /**
   * @param initialSequence  gives the random first number of each stream, of 27 bits
   * @param transmit         sends a datagram; it may keep the bytes until they are gone, and must not change them
   */
  constructor(
    private readonly limits: SendLimits,
    private readonly initialSequence: () => number,
    private readonly transmit: (datagram: Uint8Array) => void,
  ) {
    this.window = limits.windowMax;
    this.roundTrip = new RoundTrip(limits.resendMsMin);
  }

  /** Packets that have not been acknowledged, sent or not. */
  get pendingCount(): number {
    return this.queued.length - this.queuedFrom + this.underway.length;
  }

  /** Smoothed time until an acknowledgement, in ms; undefined until there was one. */
  get roundTripMs(): number | undefined {
    return this.roundTrip.estimateMs;
  }

  /** @param datagram  4 bytes for the header, then the packet; the stream's from now on. False: the queue is full. */
  sendPacket(datagram: Uint8Array, nowMs: number): boolean {
    if (this.pendingCount >= this.limits.queueMax) return false;
    this.queued.push({ datagram, message: undefined });
    this.advance(nowMs);
    return true;
  }

  /** @param parts  each with 12 bytes for the header in front. All of them go, or (false) none: the queue is full. */
  sendMessage(parts: readonly Uint8Array[], nowMs: number): boolean {
    if (this.pendingCount + parts.length > this.limits.queueMax) return false;
    const number = this.openMessage();
    parts.forEach((datagram, part) => {
      this.queued.push({ datagram, message: { position: positionOf(part, parts.length), number, part } });
    });
    this.advance(nowMs);
    return true;
  }

  /** The number of a new message, whose parts are sent by themselves, among those of others. */
  openMessage(): number {
    return this.nextMessage++;
  }

  /** @param datagram  12 bytes for the header, then the packet; the stream's from now on. False: the queue is full. */
  sendPart(datagram: Uint8Array, message: MessagePart, nowMs: number): boolean {
    if (this.pendingCount >= this.limits.queueMax) return false;
    this.queued.push({ datagram, message });
    this.advance(nowMs);
    return true;
  }

  onHandshakeAck(sequence: number, nowMs: number): void {
    if (this.state !== 'shaking' || sequence !== this.initial) return;
    this.state = 'open';
    // Of several handshakes nobody knows which one was answered.
    if (this.handshakeCount === 1) this.roundTrip.add(nowMs - this.handshakeSentMs);
    this.advance(nowMs);
  }

  onAck(sequence: number, nowMs: number): void {
    if (this.state !== 'open' || this.underway.length === 0) return;
    const ackedCount = sequenceSteps(this.underway[0].sequence, sequencePlus(sequence, 1));
    if (ackedCount > this.underway.length) return;
    if (ackedCount === 0) return this.onDuplicateAck(nowMs);
    const acked = this.underway.splice(0, ackedCount);
    this.duplicateAcks = 0;
    // The time of what was sent again, or waited for such a packet, says nothing about the way.
    const isClean = acked.every(({ resendCount }) => resendCount === 0);
    if (isClean) this.roundTrip.add(nowMs - acked[acked.length - 1].firstSentMs);
    this.window = Math.min(this.limits.windowMax, this.window + ackedCount / this.window);
    this.resendNextLost(nowMs);
    this.advance(nowMs);
  }

  /**
   * The other end knows nothing of this stream: everything that it has not acknowledged is given up, and the next packet
   * begins a new stream (specification B.5).
   *
   * @returns  how many packets were given up
   */
  restart(): number {
    const givenUp = this.pendingCount;
    this.state = 'idle';
    this.queued = [];
    this.queuedFrom = 0;
    this.underway.length = 0;
    this.duplicateAcks = 0;
    this.lossEnd = undefined;
    this.window = this.limits.windowMax;
    this.roundTrip = new RoundTrip(this.limits.resendMsMin);
    return givenUp;
  }

  /** Whether a request for a new handshake makes sense: none is under way. */
  get isOpen(): boolean {
    return this.state === 'open';
  }

  /** Sends again what is due. */
  tick(nowMs: number): void {
    if (this.state === 'shaking' && nowMs >= this.nextHandshakeMs) this.shake(nowMs);
    for (const sent of this.underway) if (nowMs >= sent.dueMs) this.resend(sent, nowMs);
  }

  /** When `tick` has something to do next. */
  get dueMs(): number {
    if (this.state === 'shaking') return this.nextHandshakeMs;
    let dueMs = Infinity;
    for (const sent of this.underway) dueMs = Math.min(dueMs, sent.dueMs);
    return dueMs;
  }

  private get nextHandshakeMs(): number {
    const isLate = this.handshakeCount >= HANDSHAKES_OFTEN;
    return this.handshakeSentMs + (isLate ? HANDSHAKE_INTERVAL_MS_LATER : HANDSHAKE_INTERVAL_MS);
  }

  private advance(nowMs: number): void {
    if (this.state === 'idle') this.begin(nowMs);
    if (this.state !== 'open') return;
    while (this.underway.length < Math.floor(this.window) && this.queuedFrom < this.queued.length) {
      this.sendFirst(this.queued[this.queuedFrom++], nowMs);
    }
    // Taken from the front in bulk, because taking one by one from a long list is slow.
    if (this.queuedFrom === this.queued.length || this.queuedFrom >= 256) {
      this.queued.splice(0, this.queuedFrom);
      this.queuedFrom = 0;
    }
  }

  private begin(nowMs: number): void {
    this.state = 'shaking';
    this.initial = sequencePlus(this.initialSequence(), 0);
    this.nextSequence = this.initial;
    this.handshakeCount = 0;
    this.shake(nowMs);
  }

  private shake(nowMs: number): void {
    this.handshakeSentMs = nowMs;
    this.handshakeCount++;
    this.transmit(controlPacket(ControlType.Handshake, this.initial));
  }

  private sendFirst({ datagram, message }: QueuedPacket, nowMs: number): void {
    const sequence = this.nextSequence;
    this.nextSequence = sequencePlus(sequence, 1);
    const dueMs = nowMs + this.roundTrip.resendMs(0);
    this.underway.push({ datagram, message, sequence, firstSentMs: nowMs, resendCount: 0, dueMs });
    writeDataHeader(datagram, { isReliable: true, obfuscation: 0, sequence, message });
    this.transmit(datagram);
  }

  private resend(sent: SentPacket, nowMs: number): void {
    const { datagram, sequence, message } = sent;
    sent.resendCount++;
    sent.dueMs = nowMs + this.roundTrip.resendMs(sent.resendCount);
    this.lossEnd ??= this.underway[this.underway.length - 1].sequence;
    this.narrow(nowMs);
    const obfuscation = obfuscationOfResend(sent.resendCount);
    if (obfuscation === 0) return this.transmit(datagram);
    const copy = obfuscated(datagram, obfuscation, message ? MESSAGE_HEADER_BYTES : DATA_HEADER_BYTES);
    writeDataHeader(copy, { isReliable: true, obfuscation, sequence, message });
    this.transmit(copy);
  }

  /** The other end keeps what comes too early: where an answer stops short of a loss, the next loss is. */
  private resendNextLost(nowMs: number): void {
    if (this.lossEnd === undefined) return;
    const [oldest] = this.underway;
    if (!oldest || isSequenceAfter(oldest.sequence, this.lossEnd)) this.lossEnd = undefined;
    else if (oldest.resendCount === 0) this.resend(oldest, nowMs);
  }

  private onDuplicateAck(nowMs: number): void {
    this.duplicateAcks++;
    const [oldest] = this.underway;
    if (this.duplicateAcks === DUPLICATE_ACKS_OF_LOSS && oldest.resendCount === 0) this.resend(oldest, nowMs);
  }

  /** Losses make the window half as large, once for all losses of one round trip. */
  private narrow(nowMs: number): void {
    if (nowMs - this.narrowedMs < (this.roundTrip.estimateMs ?? HANDSHAKE_INTERVAL_MS)) return;
    this.narrowedMs = nowMs;
    this.window = Math.max(WINDOW_MIN, this.window / 2);
  }
}

function positionOf(part: number, count: number): MessagePosition {
  if (count === 1) return MessagePosition.Only;
  if (part === 0) return MessagePosition.First;
  return part === count - 1 ? MessagePosition.Last : MessagePosition.Middle;
}
