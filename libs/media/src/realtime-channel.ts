/** The parts of mediasoup's DataProducer and DataConsumer that are needed here. */
export interface RealtimeSink {
  send(message: Buffer): void;
}
export interface RealtimeGauge {
  /** Bytes that wait for the client. */
  getBufferedAmount(): Promise<number>;
}

/** Bytes that may wait for one client: about a quarter of a second of avatar updates. Older ones are not worth sending. */
export const REALTIME_BYTES_MAX = 8_192;
/** So many times per bound of bytes is the worker asked how much of them is still there. */
const ASKS_PER_BOUND = 4;

/**
 * A channel down to one client that drops what it has no room for. Sending costs a notification and no answer; how much
 * waits for the client is asked for every few messages, and in between what was sent is added to it.
 */
export class RealtimeChannel {
  /** Messages dropped so far. */
  drops = 0;
  private bufferedBytes = 0;
  private sentBytes = 0;
  private isAsking = false;
  private isClosed = false;

  constructor(
    private readonly sink: RealtimeSink & { close?(): void },
    private readonly gauge: RealtimeGauge,
    private readonly bytesMax = REALTIME_BYTES_MAX,
  ) {}

  /** Sends or drops; returns whether it was sent. @param bytesMax  a bound of its own for this message */
  send(message: Uint8Array, bytesMax = this.bytesMax): boolean {
    if (this.isClosed) return false;
    if (this.sentBytes >= this.bytesMax / ASKS_PER_BOUND || this.bufferedBytes > 0) this.ask();
    if (this.bufferedBytes + this.sentBytes + message.length > bytesMax) {
      this.drops++;
      return false;
    }
    this.sentBytes += message.length;
    this.sink.send(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
    return true;
  }

  /** A second call is harmless. */
  close(): void {
    this.isClosed = true;
    this.sink.close?.();
  }

  private ask(): void {
    if (this.isAsking) return;
    this.isAsking = true;
    const sentBefore = this.sentBytes;
    this.gauge.getBufferedAmount().then(
      (bufferedBytes) => {
        this.isAsking = false;
        this.bufferedBytes = bufferedBytes;
        this.sentBytes -= sentBefore;
      },
      () => {
        // The worker is gone or going; the transport's state tells it better.
        this.isAsking = false;
      },
    );
  }
}
