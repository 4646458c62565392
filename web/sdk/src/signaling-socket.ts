import { SIGNAL_BYTES_MAX } from '@app/world';
import { decodeMessage, encodeMessage, type MessageFields, type MessageOf } from '@app/wire';
import { clientFailure } from './errors.js';
import type { Platform } from './platform.js';

/** The WebSocket subprotocol of our signalling. */
export const SIGNAL_PROTOCOL = 'vicinity.v1';

/** What a socket tells its owner. Nothing is told after `close`. */
export interface SignalingHandlers {
  onOpen(): void;
  onSignal(signal: MessageOf<'ServerSignal'>): void;
  onMalformed(): void;
  onClosed(): void;
}

/**
 * The edge of the signalling WebSocket: bytes in and out become messages here, and nowhere else. The constructor fails
 * with `gateway-unreachable` when the browser refuses the URL.
 */
export class SignalingSocket {
  private readonly socket: WebSocket;
  private isClosed = false;

  constructor(
    platform: Platform,
    url: string,
    private readonly handlers: SignalingHandlers,
  ) {
    try {
      this.socket = platform.openSocket(url, SIGNAL_PROTOCOL);
    } catch (cause) {
      // A page that came by https may not open ws: sockets.
      throw clientFailure('gateway-unreachable', { cause });
    }
    this.socket.binaryType = 'arraybuffer';
    this.socket.addEventListener('open', () => {
      if (!this.isClosed) handlers.onOpen();
    });
    this.socket.addEventListener('message', (event) => this.handleMessage(event.data));
    this.socket.addEventListener('close', () => {
      if (this.isClosed) return;
      this.isClosed = true;
      handlers.onClosed();
    });
  }

  /** Sends one signal; false when the socket is not open. */
  send(signal: MessageFields<'ClientSignal'>): boolean {
    // 1 is OPEN; the constant lives on a constructor that fakes do not have.
    if (this.isClosed || this.socket.readyState !== 1) return false;
    this.socket.send(encodeMessage('ClientSignal', signal) as Uint8Array<ArrayBuffer>);
    return true;
  }

  /** Ends the socket in an orderly way; a second call is harmless. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.socket.close(1000);
  }

  private handleMessage(data: unknown): void {
    if (this.isClosed) return;
    let signal: MessageOf<'ServerSignal'>;
    try {
      if (!(data instanceof ArrayBuffer)) throw new TypeError('Only binary frames are part of the protocol.');
      signal = decodeMessage('ServerSignal', new Uint8Array(data), SIGNAL_BYTES_MAX);
    } catch {
      this.handlers.onMalformed();
      return;
    }
    this.handlers.onSignal(signal);
  }
}
