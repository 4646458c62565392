import type { Clock, Timer } from '@app/clock';
import {
  CLIENT_RELIABLE_SMALL_BYTES_MAX,
  FANOUT_BURST_BYTES,
  FANOUT_BYTES_PER_S,
  FANOUT_WAITING_BYTES_MAX,
} from '@app/world';
import { TokenBucket } from '../rate-limit.js';

/** Large messages that wait for their turn are looked at this often, in ms. */
const TURN_MS = 10;

interface Delivery<Target> {
  channel: string;
  bytes: Uint8Array;
  targets: Target[];
  next: number;
}

/**
 * Passes messages on to many. Of large ones only so many bytes go out per second, because a message of 128 KiB for 200
 * people keeps everything else waiting otherwise; the rest waits, in order, and small messages of other channels pass by.
 */
export class PacedFanout<Target> {
  private readonly bucket = new TokenBucket(FANOUT_BYTES_PER_S, FANOUT_BURST_BYTES);
  private readonly waiting: Delivery<Target>[] = [];
  private waitingBytes = 0;
  private timer: Timer | undefined;

  /** @param pass  gives a message of a channel to one who may have left it meanwhile */
  constructor(
    private readonly clock: Clock,
    private readonly pass: (channel: string, bytes: Uint8Array, target: Target) => void,
    private readonly countDrop: (reason: string, count: number) => void,
  ) {}

  /** So much waits that nothing large should be said. */
  get isBusy(): boolean {
    return this.waitingBytes > FANOUT_WAITING_BYTES_MAX / 2;
  }

  /** Passes on, now or in a moment; drops what is too much. */
  send(channel: string, bytes: Uint8Array, targets: Target[]): void {
    const isSmall = bytes.length <= CLIENT_RELIABLE_SMALL_BYTES_MAX;
    if (isSmall && !this.waiting.some((delivery) => delivery.channel === channel)) {
      for (const target of targets) this.pass(channel, bytes, target);
      return;
    }
    const cost = bytes.length * targets.length;
    // The first one is taken whatever it costs: there may be many who listen.
    if (this.waitingBytes > 0 && this.waitingBytes + cost > FANOUT_WAITING_BYTES_MAX) {
      return this.countDrop('binary-fanout', targets.length);
    }
    this.waiting.push({ channel, bytes, targets, next: 0 });
    this.waitingBytes += cost;
    if (!this.timer) this.takeTurn();
  }

  /** Forgets what waits. */
  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.waiting.length = 0;
    this.waitingBytes = 0;
  }

  private takeTurn(): void {
    const nowMs = this.clock.nowMs();
    for (let first = this.waiting[0]; first; first = this.waiting[0]) {
      const { channel, bytes, targets } = first;
      for (; first.next < targets.length; first.next++) {
        if (!this.bucket.take(nowMs, bytes.length)) {
          this.timer = this.clock.after(TURN_MS, () => this.takeTurn());
          return;
        }
        this.waitingBytes -= bytes.length;
        this.pass(channel, bytes, targets[first.next]);
      }
      this.waiting.shift();
    }
    this.timer = undefined;
  }
}
