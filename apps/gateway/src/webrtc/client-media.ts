import type { Clock, Random, Timer } from '@app/clock';
import { type ClientTransport, type ClientTransportEvents, MediaError, type VoicePacket } from '@app/media';
import type { InstanceId } from '@app/world';
import type { SignalInput } from '../client-input.js';
import type { ClientChannel } from '../session/client-channel.js';
import { MixTimeline } from '../fanout/mix-timeline.js';
import { TokenBucket } from '../rate-limit.js';

/** The parts of a ClientTransport that are used here; tests have their own. */
export type MediaTransport = Pick<
  ClientTransport,
  | 'offer'
  | 'state'
  | 'accept'
  | 'sendMix'
  | 'sendReliable'
  | 'sendRealtime'
  | 'close'
  | 'realtimeDrops'
  | 'reliableWaitingBytes'
  | 'refreshReliable'
>;

/** Makes a transport on some worker. Fails when there is none at the moment. */
export type TransportFactory = (generation: number, events: ClientTransportEvents) => Promise<MediaTransport>;

/** What a session learns about its media. */
export interface ClientMediaHandlers {
  /** To be sent to the client. */
  onOffer(generation: number, sdp: string): void;
  onUp(): void;
  /** It broke; a new offer follows by itself. */
  onDown(): void;
  /** No connection came about for MEDIA_TIMEOUT_MS. */
  onGaveUp(): void;
  onVoice(packet: VoicePacket): void;
  onReliable(message: Uint8Array): void;
  onRealtime(message: Uint8Array): void;
  /** The client does not take what it is sent. */
  onOverflow(): void;
}

/** An offer that has not led to a connection for this long is replaced by another one, in ms. */
export const OFFER_TIMEOUT_MS = 10_000;
/** A client without a media connection for this long is sent away, in ms. */
export const MEDIA_TIMEOUT_MS = 25_000;
/** Pause before the next attempt when there is no worker, or too many offers have been made, in ms. */
const RETRY_DELAY_MS = 250;
const OFFERS_PER_SECOND = 0.5;
const OFFERS_BURST = 5;

interface Generation {
  number: number;
  transport: MediaTransport;
  timeline: MixTimeline;
}

/**
 * The media of one client across its connections: makes offers until one is connected, keeps the old connection until
 * the new one works, and begins again when it breaks.
 */
export class ClientMedia implements ClientChannel {
  readonly sound = 'opus-20';
  readonly wantsDetail = false;

  private current: Generation | undefined;
  private next: Generation | undefined;
  private generation = 0;
  /** Changes whenever what is being made has lost its meaning. */
  private making = 0;
  private isMaking = false;
  private isClosed = false;
  private timer: Timer | undefined;
  private giveUpTimer: Timer | undefined;
  private readonly offers = new TokenBucket(OFFERS_PER_SECOND, OFFERS_BURST);

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly makeTransport: TransportFactory,
    private readonly handlers: ClientMediaHandlers,
  ) {}

  get isUp(): boolean {
    return this.current !== undefined;
  }

  /** Real-time messages that the present connection had no room for. */
  get realtimeDrops(): number {
    return this.current?.transport.realtimeDrops ?? 0;
  }

  /** Bytes on the reliable channel that are not yet with the client, as far as that is known. */
  get reliableWaitingBytes(): number {
    return (this.current ?? this.next)?.transport.reliableWaitingBytes ?? 0;
  }

  /** Makes `reliableWaitingBytes` right a moment later. */
  refreshReliable(): void {
    (this.current ?? this.next)?.transport.refreshReliable();
  }

  /** Makes the first offer. */
  start(): void {
    this.startGiveUpTimer();
    this.offer();
  }

  /** @throws MediaError when it is no answer, or belongs to no offer that is open */
  async handleNegotiation(input: Extract<SignalInput, { kind: 'answer' | 'media-failed' }>): Promise<void> {
    if (input.kind === 'answer') await this.answer(input.generation, input.sdp);
    else this.handleFailure(input.generation);
  }

  private async answer(generation: number, sdp: string): Promise<void> {
    if (this.isClosed) return;
    if (this.next?.number !== generation) throw new MediaError('media-closed', 'This offer is not open.');
    await this.next.transport.accept(sdp);
  }

  /** The client says that a connection does not work. */
  private handleFailure(generation: number): void {
    if (this.isClosed) return;
    if (this.next) {
      // A failure of the old one while the new one is under way is no news.
      if (generation === this.next.number) this.offer();
    } else if (generation === this.current?.number) this.offer();
  }

  /** Sends a mix packet of a mixer's tick, of `frames` samples. Returns whether it went out. */
  sendMix(mixerId: InstanceId, tick: number, opus: Uint8Array, frames: number): boolean {
    if (!this.current) return false;
    const stamp = this.current.timeline.next(mixerId, tick, frames, this.clock.nowMs());
    if (!stamp) return false;
    this.current.transport.sendMix(opus, stamp.sequence, stamp.timestamp, stamp.isMarked);
    return true;
  }

  /** Sends reliably, or keeps for the connection that is being made; false when there is neither. */
  sendReliable(message: Uint8Array): boolean {
    const target = this.current ?? this.next;
    target?.transport.sendReliable(message);
    return target !== undefined;
  }

  /** Sends or drops. */
  sendRealtime(message: Uint8Array): boolean {
    return this.current?.transport.sendRealtime(message) ?? false;
  }

  /** A second call is harmless. */
  close(): void {
    this.isClosed = true;
    this.making++;
    this.timer?.cancel();
    this.giveUpTimer?.cancel();
    const { current, next } = this;
    this.current = undefined;
    this.next = undefined;
    current?.transport.close();
    next?.transport.close();
  }

  private offer(): void {
    this.timer?.cancel();
    const { next } = this;
    this.next = undefined;
    next?.transport.close();
    if (this.isMaking) return;
    if (!this.offers.take(this.clock.nowMs())) return this.retryLater();
    this.isMaking = true;
    const making = ++this.making;
    const number = ++this.generation;
    // Events can come before the promise settles, so they are matched by number.
    this.makeTransport(number, this.eventsOf(number)).then(
      (transport) => this.handleMade(making, number, transport),
      () => {
        this.isMaking = false;
        if (making === this.making) this.retryLater();
      },
    );
  }

  private handleMade(making: number, number: number, transport: MediaTransport): void {
    this.isMaking = false;
    if (making !== this.making) return transport.close();
    if (transport.state !== 'connecting') return this.retryLater();
    const timeline = new MixTimeline(this.random.nextUint32(), this.random.nextUint32());
    this.next = { number, transport, timeline };
    this.timer = this.clock.after(OFFER_TIMEOUT_MS, () => this.offer());
    this.handlers.onOffer(number, transport.offer);
  }

  private retryLater(): void {
    this.timer?.cancel();
    this.timer = this.clock.after(RETRY_DELAY_MS, () => {
      if (!this.isClosed) this.offer();
    });
  }

  private eventsOf(number: number): ClientTransportEvents {
    const isKnown = (): boolean => this.current?.number === number || this.next?.number === number;
    return {
      onState: (state) => {
        if (this.isClosed) return;
        if (state === 'connected') this.handleConnected(number);
        if (state === 'broken' || state === 'lost') this.handleBroken(number);
      },
      onVoice: (packet) => {
        if (isKnown()) this.handlers.onVoice(packet);
      },
      onReliable: (message) => {
        if (isKnown()) this.handlers.onReliable(message);
      },
      onRealtime: (message) => {
        if (isKnown()) this.handlers.onRealtime(message);
      },
      onReliableOverflow: () => {
        if (isKnown()) this.handlers.onOverflow();
      },
    };
  }

  private handleConnected(number: number): void {
    if (this.next?.number !== number) return;
    this.timer?.cancel();
    this.giveUpTimer?.cancel();
    this.giveUpTimer = undefined;
    const old = this.current;
    this.current = this.next;
    this.next = undefined;
    this.handlers.onUp();
    // Only now: until its successor works, an ailing connection is better than none.
    old?.transport.close();
  }

  private handleBroken(number: number): void {
    if (this.next?.number === number) {
      this.next = undefined;
      this.offer();
    } else if (this.current?.number === number) {
      this.current = undefined;
      this.startGiveUpTimer();
      this.handlers.onDown();
      if (!this.isClosed && !this.next) this.offer();
    }
  }

  private startGiveUpTimer(): void {
    this.giveUpTimer ??= this.clock.after(MEDIA_TIMEOUT_MS, () => {
      if (!this.isClosed) this.handlers.onGaveUp();
    });
  }
}
