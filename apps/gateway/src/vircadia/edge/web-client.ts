import type { Clock } from '@app/clock';
import type { GatewayMetrics } from '../../gateway.metrics.js';
import { TokenBucket } from '../../rate-limit.js';
import type { EdgeSocket, SocketHandlers } from '../../signaling/socket-server.js';
import type { WaitingRoom } from '../../signaling/waiting-room.js';
import type { LinkType } from '../domain/domain-nodes.js';
import type { PacketPath, PathEvents, PeerEntrance, WebEntrance } from '../peer/packet-path.js';
import { WebLink, type WebLinkHost, type WebTransportFactory } from './web-link.js';
import { readWebSignal, writeWebAnswer } from './web-signal.js';

/** What web clients stand on, the same for all of a gateway. */
export interface WebGround {
  readonly clock: Clock;
  readonly metrics: GatewayMetrics;
  readonly entrance: WebEntrance;
  readonly makeTransport: WebTransportFactory;
  /** Clients whose channel to the domain is not open yet. */
  readonly waiting: WaitingRoom;
}

/** Frames of one socket: five channels with a few dozen candidates each. More ends the socket. */
const FRAMES_PER_SECOND = 50;
const FRAMES_BURST = 500;
/** Offers of one socket: all channels at once, twice over. More ends the socket. */
const OFFERS_PER_SECOND = 2;
const OFFERS_BURST = 20;
/** Echoes of one socket. More are not answered. */
const ECHOES_PER_SECOND = 5;
const ECHOES_BURST = 20;

/** One WebSocket of a web client, and the data channels that were arranged on it. */
export class WebClient implements SocketHandlers, WebLinkHost {
  private readonly links = new Map<LinkType, WebLink>();
  private readonly frames = new TokenBucket(FRAMES_PER_SECOND, FRAMES_BURST);
  private readonly offers = new TokenBucket(OFFERS_PER_SECOND, OFFERS_BURST);
  private readonly echoes = new TokenBucket(ECHOES_PER_SECOND, ECHOES_BURST);
  /** Set from when its channel to the domain has opened for the first time. */
  private peer: PeerEntrance | undefined;
  private isEnded = false;
  private stopWaiting: () => void;

  constructor(
    private readonly socket: EdgeSocket,
    private readonly ground: WebGround,
  ) {
    this.stopWaiting = ground.waiting.enter(() => this.end('vircadia-domain-timeout'));
  }

  get address(): string {
    return this.socket.address;
  }

  onFrame(bytes: Uint8Array, isBinary: boolean): void {
    if (this.isEnded) return;
    const { metrics, clock } = this.ground;
    metrics.countIn('signal', bytes.length);
    if (!this.frames.take(clock.nowMs())) return this.end('vircadia-signal-rate');
    const signal = isBinary ? undefined : readWebSignal(Buffer.from(bytes).toString());
    if (!signal) metrics.countDrop('vircadia-signal-malformed');
    else if (signal.kind === 'offer') this.handleOffer(signal.to, signal.sdp);
    else if (signal.kind === 'echo') this.handleEcho(signal.reply);
  }

  onPong(): void {
    // That it lives is seen by its channel to the domain.
  }

  onFlood(): void {
    this.end('flooding');
  }

  onClosed(): void {
    this.end(undefined);
  }

  onAnswer(type: LinkType, sdp: string): void {
    this.send(writeWebAnswer(type, sdp));
  }

  onOpen(type: LinkType, path: PacketPath): PathEvents {
    if (type === 'D') this.stopWaiting();
    this.peer ??= this.ground.entrance.enter({ address: this.address, close: () => this.end(undefined) });
    return this.peer.attach(type, path);
  }

  onEnd(type: LinkType, reason: string | undefined): void {
    // Without its channel to the domain the client would wait for seconds; with the end of its socket it comes back at once.
    if (type === 'D') this.end(reason);
    else if (reason !== undefined) this.ground.metrics.countDrop(reason);
  }

  private handleOffer(to: LinkType, sdp: string): void {
    if (!this.offers.take(this.ground.clock.nowMs())) return this.end('vircadia-offer-rate');
    // The domain tells a client of all others, so nobody offers those before.
    if (to !== 'D' && !this.peer) return this.ground.metrics.countDrop('vircadia-offer-early');
    let link = this.links.get(to);
    if (!link) {
      link = new WebLink(to, this, this.ground.clock, this.ground.makeTransport);
      this.links.set(to, link);
    }
    link.offer(sdp);
  }

  private handleEcho(reply: string): void {
    if (this.echoes.take(this.ground.clock.nowMs())) this.send(reply);
    else this.ground.metrics.countDrop('vircadia-echo-rate');
  }

  private send(text: string): void {
    if (this.socket.send(text)) this.ground.metrics.countOut('signal', text.length);
  }

  /** @param reason  for the count of drops; undefined when it ends as it should */
  private end(reason: string | undefined): void {
    if (this.isEnded) return;
    this.isEnded = true;
    if (reason !== undefined) this.ground.metrics.countDrop(reason);
    this.stopWaiting();
    for (const link of this.links.values()) link.close();
    this.peer?.leave();
    this.socket.close();
  }
}
