import { encodeMessage } from '@app/wire';
import type { Clock, Timer } from './clock.js';
import { median } from './rate-meter.js';

const PING_INTERVAL_MS = 1_000;
const SAMPLES_MAX = 7;
const OUTSTANDING_MAX = 8;

/** Measures the round trip to the gateway on the realtime channel, once a second. */
export class PingMeter {
  private readonly sentMs = new Map<number, number>();
  private readonly samples: number[] = [];
  private token = 0;
  private timer: Timer | undefined;
  private send: ((bytes: Uint8Array) => boolean) | undefined;

  constructor(private readonly clock: Clock) {}

  /** Median of the last measurements, in ms; undefined before the first. */
  get rttMs(): number | undefined {
    return median(this.samples);
  }

  /** Pings go here from now on. */
  attach(send: (bytes: Uint8Array) => boolean): void {
    this.send = send;
    this.sentMs.clear();
    this.samples.length = 0;
    this.timer ??= this.clock.every(PING_INTERVAL_MS, () => this.ping());
    this.ping();
  }

  /** Nothing to measure at the moment. */
  detach(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.send = undefined;
  }

  /** A Pong has come; unknown tokens are late ones. */
  handlePong(token: number): void {
    const sentMs = this.sentMs.get(token);
    if (sentMs === undefined) return;
    this.sentMs.delete(token);
    this.samples.push(this.clock.nowMs() - sentMs);
    if (this.samples.length > SAMPLES_MAX) this.samples.shift();
  }

  private ping(): void {
    this.token = (this.token + 1) >>> 0;
    if (!this.send?.(encodeMessage('ClientRealtime', { ping: { token: this.token } }))) return;
    this.sentMs.set(this.token, this.clock.nowMs());
    for (const old of this.sentMs.keys()) {
      if (this.sentMs.size <= OUTSTANDING_MAX) break;
      this.sentMs.delete(old);
    }
  }
}
