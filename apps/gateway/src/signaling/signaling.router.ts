import type { Clock } from '@app/clock';
import { CodedError, HELLO_TIMEOUT_MS, SOCKETS_PENDING_MAX } from '@app/world';
import { type SignalInput, readSignal } from '../client-input.js';
import type { GatewayActor } from '../gateway.actor.js';
import type { GatewayMetrics } from '../gateway.metrics.js';
import type { ClientLink } from '../session/client-link.js';
import type { SessionActor } from '../session/session.actor.js';
import { SessionError } from '../session/session.errors.js';
import { WaitingRoom } from './waiting-room.js';

/** What the socket edge tells about one socket. */
export interface SocketEvents {
  onFrame(bytes: Uint8Array): void;
  onPong(): void;
  /** It sends more than any client may; it is not read any further. */
  onFlood(): void;
  /** @param isOrderly  the client said that it leaves */
  onClosed(isOrderly: boolean): void;
}

type Gateway = Pick<GatewayActor, 'admit' | 'retryAfterMs'>;

/** Takes signals from sockets to whom they concern: Hello to the gateway, everything after it to the session. */
export class SignalingRouter {
  /** Sockets that have not said Hello. */
  readonly waiting: WaitingRoom;

  constructor(
    private readonly gateway: Gateway,
    clock: Clock,
    private readonly metrics: GatewayMetrics,
  ) {
    this.waiting = new WaitingRoom(clock, SOCKETS_PENDING_MAX, HELLO_TIMEOUT_MS);
  }

  /** A socket has opened. */
  accept(link: ClientLink): SocketEvents {
    return new SignalingPeer(this, link);
  }

  /** @throws CodedError  when the bytes are no signal */
  read(bytes: Uint8Array): SignalInput {
    this.metrics.countIn('signal', bytes.length);
    return readSignal(bytes);
  }

  admit(link: ClientLink, hello: SignalInput & { kind: 'hello' }): SessionActor {
    return this.gateway.admit(link, hello);
  }

  refuse(link: ClientLink, error: SessionError): void {
    this.metrics.countDrop(error.code);
    const retryAfterMs = this.gateway.retryAfterMs(error);
    link.send({ refused: { code: error.code, text: error.message, retryAfterMs } });
    link.close();
  }
}

/** One socket, from its opening to its end. */
class SignalingPeer implements SocketEvents {
  private session: SessionActor | undefined;
  private readonly leaveWaiting: () => void;
  private isWaiting = true;

  constructor(
    private readonly router: SignalingRouter,
    private readonly link: ClientLink,
  ) {
    this.leaveWaiting = router.waiting.enter(() =>
      this.refuse(new SessionError('hello-timeout', 'The client did not say Hello in time.')),
    );
  }

  onFrame(bytes: Uint8Array): void {
    let input: SignalInput;
    try {
      input = this.router.read(bytes);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      if (this.session) this.session.handleBadSignal(error);
      else this.refuse(error);
      return;
    }
    if (this.session) this.session.handleSignal(input);
    else if (input.kind !== 'hello')
      this.refuse(new SessionError('hello-expected', 'The first message must be Hello.'));
    else this.enter(input);
  }

  onPong(): void {
    this.session?.handlePong();
  }

  onFlood(): void {
    if (this.session) this.session.handleFlood();
    else this.refuse(new SessionError('flooding', 'The client sends far more than it may.'));
  }

  onClosed(isOrderly: boolean): void {
    this.endWaiting();
    this.session?.handleSocketClosed(this.link, isOrderly);
  }

  private enter(hello: SignalInput & { kind: 'hello' }): void {
    // A socket that has been refused is closing, and not asked twice.
    if (!this.isWaiting) return;
    try {
      this.session = this.router.admit(this.link, hello);
      this.endWaiting();
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.refuse(error as SessionError);
    }
  }

  private refuse(error: SessionError): void {
    if (!this.isWaiting) return;
    this.endWaiting();
    this.router.refuse(this.link, error);
  }

  private endWaiting(): void {
    this.isWaiting = false;
    this.leaveWaiting();
  }
}
