import type { Clock } from '@app/clock';
import { CODECS_TO_SERVER, PingType } from '@app/vircadia';
import type { Link } from './link.js';
import { readerOf } from './packet-reader.js';

/** Pings until the client uses the node, and after that, in ms (specification D.10). */
const PUNCH_INTERVAL_MS = 250;
const KEEP_ALIVE_INTERVAL_MS = 1_000;
/** Servers send always the same. */
const CONNECTION_ID = 1;

/** Whether a client uses a node of ours: pings both ways. */
export class NodeLife {
  /** The client hears the node. */
  isActive = false;
  private pingDueMs = -Infinity;

  constructor(
    private readonly link: Link,
    private readonly clock: Clock,
  ) {}

  /** The client begins anew. */
  reset(): void {
    this.isActive = false;
    this.pingDueMs = -Infinity;
  }

  /** Pings the client when that is due. */
  tick(nowMs: number): void {
    if (nowMs < this.pingDueMs || !this.link.hasPath) return;
    this.pingDueMs = nowMs + (this.isActive ? KEEP_ALIVE_INTERVAL_MS : PUNCH_INTERVAL_MS);
    this.link.send('Ping', { type: PingType.Public, timeUs: this.timeUs, connectionId: CONNECTION_ID }, nowMs);
  }

  answerPing(packet: Uint8Array, payloadOffset: number, nowMs: number): void {
    const { type, timeUs } = CODECS_TO_SERVER.Ping.read(readerOf(packet, payloadOffset));
    this.link.send('PingReply', { type, pingUs: timeUs, replyUs: this.timeUs }, nowMs);
  }

  private get timeUs(): number {
    return Math.round(this.clock.wallMs() * 1_000);
  }
}
