import type { Clock } from '@app/clock';
import { entityDataPayload, type PackedSection } from '@app/vircadia';
import { TokenBucket } from '../../../rate-limit.js';
import type { NodePort } from '../translator.js';

/** Reliable packets under way at most, so that new ones do not wait long behind them: 45 kB. */
const PACKETS_UNDER_WAY_MAX = 32;
const PACKETS_PER_SECOND_MIN = 10;
/** More than a client says it takes by itself; the window holds others back long before. */
const PACKETS_PER_SECOND_MAX = 2_000;
const BURST_S = 0.1;
const US_PER_MS = 1_000;

/** Packets of entities to one client: counted, numbered, as many as it takes. */
export class DataOutlet {
  /** Of the last packet. */
  sequence = 0;
  packetCount = 0;
  byteCount = 0;
  /** Reliable packets so far. */
  private sentReliably = 0;
  private rate = new TokenBucket(PACKETS_PER_SECOND_MIN, 1);
  private rateMax = 0;

  constructor(
    private readonly port: NodePort,
    private readonly clock: Clock,
  ) {}

  /** @param perSecond  packets that the client takes, as it says */
  limit(perSecond: number): void {
    const bounded = Math.min(PACKETS_PER_SECOND_MAX, Math.max(PACKETS_PER_SECOND_MIN, perSecond));
    if (bounded === this.rateMax) return;
    this.rateMax = bounded;
    this.rate = new TokenBucket(bounded, Math.max(1, bounded * BURST_S));
  }

  /** Whether one more reliable packet may go now; takes its place in the client's rate. */
  mayGo(nowMs: number): boolean {
    return this.port.pendingCount < PACKETS_UNDER_WAY_MAX && this.rate.take(nowMs);
  }

  /**
   * Whether what was in a reliable packet has come before whatever is sent now: web clients get everything in order,
   * native ones as it comes.
   */
  isSettled(packet: number): boolean {
    return this.port.isWeb || packet <= this.sentReliably - this.port.pendingCount;
  }

  /** Sends a section reliably. Returns the number of the packet; undefined when it was not sent. */
  sendData({ block }: PackedSection, nowMs: number): number | undefined {
    return this.send('reliable', block, nowMs) ? ++this.sentReliably : undefined;
  }

  /** Sends a section that is out of date soon. */
  sendMotions({ block }: PackedSection, nowMs: number): void {
    if (this.rate.take(nowMs)) this.send('unreliable', block, nowMs);
  }

  sendErased(ids: readonly string[], nowMs: number): number | undefined {
    const sequence = (this.sequence + 1) & 0xffff;
    const notice = { flags: 0, sequence, sentUs: this.wallUs(), ids };
    if (!this.port.send('EntityErase', notice, nowMs, 'reliable')) return undefined;
    this.sequence = sequence;
    return ++this.sentReliably;
  }

  sendComplete(nowMs: number): boolean {
    if (!this.port.send('EntityQueryInitialResultsComplete', this.sequence, nowMs)) return false;
    this.sentReliably++;
    return true;
  }

  private send(delivery: 'reliable' | 'unreliable', block: Uint8Array, nowMs: number): boolean {
    const sequence = (this.sequence + 1) & 0xffff;
    const payload = entityDataPayload(block, sequence, this.wallUs());
    if (!this.port.sendPayload('EntityData', payload, nowMs, delivery)) return false;
    this.sequence = sequence;
    this.packetCount++;
    this.byteCount += payload.length;
    return true;
  }

  private wallUs(): number {
    return Math.floor(this.clock.wallMs() * US_PER_MS);
  }
}
