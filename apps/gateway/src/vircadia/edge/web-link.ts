import type { Clock, Timer } from '@app/clock';
import { type ClientMediaState, type DataTransport, type DataTransportEvents, MediaError } from '@app/media';
import type { LinkType } from '../domain/domain-nodes.js';
import type { PacketPath, PathEvents } from '../peer/packet-path.js';

/** The parts of a DataTransport that are used here; tests have their own. */
export type WebTransport = Pick<DataTransport, 'answer' | 'state' | 'send' | 'close'>;

/** Answers an offer on some worker. @throws MediaError */
export type WebTransportFactory = (offerSdp: string, events: DataTransportEvents) => Promise<WebTransport>;

/** What a link tells the client that it belongs to. */
export interface WebLinkHost {
  readonly address: string;
  /** To be sent to the client. */
  onAnswer(type: LinkType, sdp: string): void;
  /** The channel has opened. */
  onOpen(type: LinkType, path: PacketPath): PathEvents;
  /**
   * The channel has ended, or never came about; nothing replaces it by itself.
   *
   * @param reason  for the count of drops; undefined when the domain has ended it
   */
  onEnd(type: LinkType, reason: string | undefined): void;
}

/** An offer that has not led to an open channel for this long is given up, in ms. */
export const CHANNEL_TIMEOUT_MS = 10_000;
/** Pause before the next attempt when there is no media worker: it is being replaced, in ms. */
const RETRY_DELAY_MS = 100;
/** Control packets and reliable ones; the latter must reach web clients in order, or the rest is lost on them. */
const VITAL_BITS = 0xc0;

/** One way of one offer: whatever becomes known of it later is about it, or about nothing any more. */
interface Attempt {
  readonly sdp: string;
  transport?: WebTransport;
  /** Of its own channel, and of the one before until there is one. */
  path?: PathEvents;
}

/** One data channel of a client, for one link, through all offers that the client makes for it: the newest one counts. */
export class WebLink {
  private attempt: Attempt | undefined;
  private isMaking = false;
  private timer: Timer | undefined;
  private retry: Timer | undefined;

  constructor(
    private readonly type: LinkType,
    private readonly host: WebLinkHost,
    private readonly clock: Clock,
    private readonly makeTransport: WebTransportFactory,
  ) {}

  /** The client offers a new channel: it has given up the one before. */
  offer(sdp: string): void {
    // Of the end of the one before the domain need not know unless nothing comes of this one.
    this.attempt = { sdp, path: this.drop() };
    this.timer = this.clock.after(CHANNEL_TIMEOUT_MS, () => this.end('vircadia-channel-timeout'));
    if (!this.isMaking) this.make();
  }

  /** Ends it without a word to its host; a second call is harmless. */
  close(): void {
    this.drop();
  }

  private make(): void {
    const { attempt } = this;
    if (!attempt) return;
    this.isMaking = true;
    const isNewest = (): boolean => attempt === this.attempt;
    const events: DataTransportEvents = {
      onState: (state) => {
        if (isNewest()) this.handleState(attempt, state);
      },
      onMessage: (message) => {
        if (isNewest()) attempt.path?.onPacket(message);
      },
    };
    this.makeTransport(attempt.sdp, events).then(
      (transport) => {
        this.isMaking = false;
        if (!isNewest()) {
          transport.close();
          return this.make();
        }
        if (transport.state !== 'connecting') return this.retryLater();
        attempt.transport = transport;
        this.host.onAnswer(this.type, transport.answer);
      },
      (error: unknown) => {
        this.isMaking = false;
        if (!isNewest()) return this.make();
        if (error instanceof MediaError && !error.retryable) this.end(error.code);
        else this.retryLater();
      },
    );
  }

  /** Until the time for this offer is over. */
  private retryLater(): void {
    this.retry = this.clock.after(RETRY_DELAY_MS, () => this.make());
  }

  private handleState(attempt: Attempt, state: ClientMediaState): void {
    const { transport } = attempt;
    // Before it is handed over it has no client that could connect, and its end is seen then.
    if (!transport) return;
    if (state !== 'connected') return this.end('vircadia-channel-ended');
    this.timer?.cancel();
    const { host, type } = this;
    attempt.path = host.onOpen(type, {
      isWeb: true,
      address: host.address,
      send: (datagram) => {
        const isVital = (datagram[3] & VITAL_BITS) !== 0;
        if (transport.send(datagram, isVital) || !isVital || attempt !== this.attempt) return;
        // A gap in what is reliable cannot be mended; the client does not listen.
        this.end('vircadia-channel-full');
      },
      close: () => {
        // The domain has ended it, and needs no word about that.
        attempt.path = undefined;
        if (attempt === this.attempt) this.end(undefined);
      },
    });
  }

  private end(reason: string | undefined): void {
    const path = this.drop();
    path?.onClosed();
    this.host.onEnd(this.type, reason);
  }

  private drop(): PathEvents | undefined {
    const { attempt } = this;
    this.attempt = undefined;
    this.timer?.cancel();
    this.retry?.cancel();
    attempt?.transport?.close();
    return attempt?.path;
  }
}
