/** The part of mediasoup's DataConsumer that is needed here. */
export interface ReliableSink {
  /** Resolves to the bytes that wait for the client, this message included. */
  send(message: Buffer): Promise<number>;
  /** Bytes that wait for the client. */
  getBufferedAmount(): Promise<number>;
}

/** Bytes that may wait for one client. One that is further behind is disconnected: the gap cannot be mended. */
export const RELIABLE_BYTES_MAX = 1_048_576;

/**
 * The reliable channel down to one client, bounded: what is not yet with the client is counted, whether it waits for the
 * connection, for the worker or for the network.
 */
export class ReliableChannel {
  private waiting: Buffer[] | undefined = [];
  /** Bytes in `waiting`, and on their way to the worker. */
  private unsentBytes = 0;
  /** Bytes that the worker had for the client when it last told. */
  private bufferedBytes = 0;
  private isAsking = false;
  private isClosed = false;

  constructor(
    private readonly sink: ReliableSink,
    private readonly onOverflow: () => void,
  ) {}

  /** The connection is through: sends what has been kept. */
  open(): void {
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    for (const message of waiting) this.pass(message);
  }

  send(message: Uint8Array): void {
    if (this.isClosed) return;
    if (this.unsentBytes + this.bufferedBytes + message.length > RELIABLE_BYTES_MAX) {
      this.overflow();
      return;
    }
    const buffer = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    this.unsentBytes += buffer.length;
    if (this.waiting) this.waiting.push(buffer);
    else this.pass(buffer);
  }

  /**
   * Bytes that are not yet with the client. What the worker has is known from the last message or the last `refresh`, so
   * while nothing is sent it can only be less.
   */
  get waitingBytes(): number {
    return this.unsentBytes + this.bufferedBytes;
  }

  /** Asks the worker how much it still has; `waitingBytes` is right a moment later. */
  refresh(): void {
    if (this.isAsking || this.isClosed || this.waiting || this.bufferedBytes === 0) return;
    this.isAsking = true;
    this.sink.getBufferedAmount().then(
      (bufferedBytes) => {
        this.isAsking = false;
        this.bufferedBytes = bufferedBytes;
      },
      () => {
        // The worker is gone or going; the transport's state tells it better.
        this.isAsking = false;
      },
    );
  }

  /** Drops what is kept; a second call is harmless. */
  close(): void {
    this.isClosed = true;
    this.waiting = undefined;
  }

  private pass(message: Buffer): void {
    if (this.isClosed) return;
    this.sink.send(message).then(
      (bufferedBytes) => {
        this.unsentBytes -= message.length;
        this.bufferedBytes = bufferedBytes;
      },
      () => {
        // Refused by the worker: a hole in a reliable channel is worse than its end. After close() it is expected.
        if (!this.isClosed) this.overflow();
      },
    );
  }

  private overflow(): void {
    this.close();
    this.onOverflow();
  }
}
