import type { MessageFields, MessageOf, vicinity } from '@app/wire';
import type { Timer } from './clock.js';
import { clientFailure, serverFailure, VicinityError } from './errors.js';
import { MediaLink, type MediaLinkHandlers, type Uplink } from './media-link.js';
import type { Platform } from './platform.js';
import { SignalingSocket } from './signaling-socket.js';

/** From opening the socket to Welcome, in ms. */
const WELCOME_TIMEOUT_MS = 4_000;
/** From Welcome to the first Offer, in ms. */
const OFFER_TIMEOUT_MS = 6_000;
/** Nothing heard for this long, although we ping every second, means that media is gone, in ms. */
const SILENCE_MS_MAX = 3_000;
/** How long the gateway has to offer anew when media is gone, in ms. */
const NEW_OFFER_TIMEOUT_MS = 2_000;
const WATCH_INTERVAL_MS = 500;

/** What a gateway session tells its owner. Nothing is told after `close` or `onEnded`. */
export interface GatewaySessionHandlers {
  onWelcome(welcome: vicinity.v1.Welcome.$Properties): void;
  /** @param uploadTicket  empty where people may not upload */
  onToken(resumeToken: string, uploadTicket: string): void;
  /** A link is connected and carries everything from now on; the one before it has been closed. */
  onLink(link: MediaLink): void;
  /** Media is gone; the gateway has been asked for a new offer. */
  onMediaLost(error: VicinityError): void;
  onReliable(message: MessageOf<'ServerReliable'>): void;
  onRealtime(message: MessageOf<'ServerRealtime'>): void;
  /** It is over. `isFinal` means that coming back is useless. */
  onEnded(error: VicinityError, isFinal: boolean): void;
}

/** One stay at one gateway: a signalling socket and, one after the other, the media links that the gateway offers. */
export class GatewaySession {
  /** Messages that could not be decoded and were dropped. */
  malformedCount = 0;
  private readonly socket: SignalingSocket;
  private current: MediaLink | undefined;
  private next: MediaLink | undefined;
  private hasWelcome = false;
  private isClosed = false;
  private isMediaLost = false;
  private heardMs: number;
  private deadline: Timer | undefined;
  private readonly watch: Timer;

  constructor(
    private readonly platform: Platform,
    url: string,
    hello: MessageFields<'Hello'>,
    private readonly uplink: () => Uplink,
    private readonly handlers: GatewaySessionHandlers,
  ) {
    this.heardMs = platform.clock.nowMs();
    // First of all: it may refuse its URL, and then no timer must be left behind.
    this.socket = new SignalingSocket(platform, url, {
      onOpen: () => this.socket.send({ hello }),
      onSignal: (signal) => this.handleSignal(signal),
      onMalformed: () => this.malformedCount++,
      onClosed: () => this.end(clientFailure(this.hasWelcome ? 'gateway-silent' : 'gateway-unreachable')),
    });
    this.setDeadline(WELCOME_TIMEOUT_MS, () => this.end(clientFailure('gateway-unreachable')));
    this.watch = platform.clock.every(WATCH_INTERVAL_MS, () => this.watchSilence());
  }

  /** The link that carries everything now. */
  get link(): MediaLink | undefined {
    return this.current;
  }

  /** Changes what the microphone sends, on the link in use and on the one that is being made. */
  async setUplink(uplink: Uplink): Promise<void> {
    await Promise.all([this.current?.setUplink(uplink), this.next?.setUplink(uplink)]);
  }

  /** Leaves. With `bye` the session is over for good and others see it go at once. A second call is harmless. */
  close(bye: boolean): void {
    if (this.isClosed) return;
    if (bye) this.socket.send({ bye: {} });
    this.release();
  }

  private handleSignal(signal: MessageOf<'ServerSignal'>): void {
    this.heardMs = this.platform.clock.nowMs();
    if (signal.welcome) this.handleWelcome(signal.welcome);
    else if (signal.offer) void this.handleOffer(signal.offer);
    else if (signal.tokenRenewed?.resumeToken) {
      this.handlers.onToken(signal.tokenRenewed.resumeToken, signal.tokenRenewed.uploadTicket ?? '');
    } else if (signal.refused) {
      const { code, text, retryAfterMs } = signal.refused;
      this.end(serverFailure(code, text, retryAfterMs), !retryAfterMs);
    } else if (signal.closed) {
      const { code, text, resumable } = signal.closed;
      const failure = serverFailure(code, text, 0);
      this.end(new VicinityError(failure.code, failure.message, resumable === true), !resumable);
    }
  }

  private handleWelcome(welcome: vicinity.v1.Welcome.$Properties): void {
    if (this.hasWelcome) return;
    if (!welcome.sessionId || !welcome.resumeToken) return this.end(clientFailure('signal-malformed'));
    this.hasWelcome = true;
    this.setDeadline(OFFER_TIMEOUT_MS, () => this.end(clientFailure('gateway-silent')));
    this.handlers.onWelcome(welcome);
  }

  /** Makes the new link before the old one is broken. */
  private async handleOffer(offer: vicinity.v1.Offer.$Properties): Promise<void> {
    if (!this.hasWelcome) return;
    this.deadline?.cancel();
    this.next?.close();
    const generation = offer.generation ?? 0;
    let link: MediaLink;
    try {
      link = new MediaLink(this.platform, generation, this.linkHandlers());
    } catch (cause) {
      // Browsers refuse a PeerConnection by policy, or when a page has used up its number of them.
      return this.end(clientFailure('media-unreachable', { cause }));
    }
    this.next = link;
    try {
      const sdp = await link.answer(offer.sdp ?? '', this.uplink);
      if (this.next !== link || this.isClosed) return;
      this.socket.send({ answer: { generation, sdp } });
    } catch (cause) {
      if (this.next === link) this.handleLinkFailed(link, clientFailure('media-unreachable', { cause }));
    }
  }

  private linkHandlers(): MediaLinkHandlers {
    return {
      onReady: (link) => this.handleLinkReady(link),
      onFailed: (link, error) => this.handleLinkFailed(link, error),
      onReliable: (message) => {
        this.heardMs = this.platform.clock.nowMs();
        this.handlers.onReliable(message);
      },
      onRealtime: (message) => {
        this.heardMs = this.platform.clock.nowMs();
        this.handlers.onRealtime(message);
      },
      onMalformed: () => this.malformedCount++,
    };
  }

  private handleLinkReady(link: MediaLink): void {
    if (this.isClosed || this.next !== link) return;
    const old = this.current;
    this.current = link;
    this.next = undefined;
    this.isMediaLost = false;
    this.heardMs = this.platform.clock.nowMs();
    this.deadline?.cancel();
    this.handlers.onLink(link);
    old?.close();
  }

  private handleLinkFailed(link: MediaLink, error: VicinityError): void {
    if (this.isClosed) return;
    if (link === this.next) {
      link.close();
      this.next = undefined;
      // With a working link we stay; without one, another gateway may do better.
      if (!this.current || this.isMediaLost) this.end(error);
    } else if (link === this.current) this.loseMedia(error);
  }

  private watchSilence(): void {
    if (!this.current || this.isMediaLost || this.next) return;
    if (this.platform.clock.nowMs() - this.heardMs > SILENCE_MS_MAX) this.loseMedia(clientFailure('gateway-silent'));
  }

  /** Media is gone but the socket may live: the gateway makes a new offer, or it is dead, too. */
  private loseMedia(error: VicinityError): void {
    if (this.isMediaLost || !this.current) return;
    this.isMediaLost = true;
    if (!this.socket.send({ mediaFailed: { generation: this.current.generation } })) return this.end(error);
    if (!this.next) this.setDeadline(NEW_OFFER_TIMEOUT_MS, () => this.end(error));
    this.handlers.onMediaLost(error);
  }

  private setDeadline(delayMs: number, callback: () => void): void {
    this.deadline?.cancel();
    this.deadline = this.platform.clock.after(delayMs, callback);
  }

  private end(error: VicinityError, isFinal = false): void {
    if (this.isClosed) return;
    this.release();
    this.handlers.onEnded(error, isFinal);
  }

  private release(): void {
    this.isClosed = true;
    this.deadline?.cancel();
    this.watch.cancel();
    this.socket.close();
    this.current?.close();
    this.next?.close();
  }
}
