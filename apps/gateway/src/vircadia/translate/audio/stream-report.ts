import type { AudioStreamStats, StreamCounters, StreamStats } from '@app/vircadia';
import type { GatewayMetrics } from '../../../gateway.metrics.js';
import type { NodePort } from '../translator.js';
import type { VoiceTimeline } from './voice-timeline.js';

/** How often a client is told how its voice arrives, in ms. */
const REPORT_MS = 1_000;
/** Of what a client hears, in its own reports. */
const DOWNSTREAM = -1;
const MICROPHONE = 0;
/** First and last packet of a report. */
const WHOLE = 0x80 | 0x40;
const NO_GAPS = { minUs: 0n, maxUs: 0n, averageUs: 0 };
/** Packets lost on the way down that one report can tell of: 30 s of them. */
const LOST_MAX = 3_000;

/** How sound arrives at both ends, as both tell each other once a second. */
export class StreamReport {
  private readonly streamId = new Uint8Array(16);
  private toldMs = -Infinity;
  private before = { received: 0, expected: 0, late: 0 };
  private lostBefore = 0;

  constructor(
    private readonly voice: VoiceTimeline,
    private readonly metrics: Pick<GatewayMetrics, 'countDrop'>,
  ) {}

  /** What the client says of what it hears: packets that were lost on the way are counted. */
  hear({ streams }: AudioStreamStats): void {
    for (const { streamType, total } of streams) {
      if (streamType !== DOWNSTREAM) continue;
      // It counts from its beginning, and may begin anew.
      const lost = total.lost - this.lostBefore;
      if (lost > 0 && lost <= LOST_MAX) this.metrics.countDrop('vircadia-mix-lost', lost);
      this.lostBefore = total.lost;
    }
  }

  /** Tells the client about its voice when it is time. */
  tick(port: NodePort, nowMs: number): void {
    if (nowMs - this.toldMs < REPORT_MS) return;
    this.toldMs = nowMs;
    const { received, expected, late } = this.voice;
    const { before } = this;
    const total = countersOf(received, expected, late);
    const window = countersOf(received - before.received, expected - before.expected, late - before.late);
    this.before = { received, expected, late };
    port.send('AudioStreamStats', { flags: WHOLE, streams: [this.statsOf(total, window)] }, nowMs);
  }

  private statsOf(total: StreamCounters, window: StreamCounters): StreamStats {
    return {
      streamType: MICROPHONE,
      streamId: this.streamId,
      gaps: NO_GAPS,
      windowGaps: NO_GAPS,
      framesAvailable: 1,
      framesAvailableAverage: 1,
      unplayedMs: 0,
      desiredJitterFrames: 1,
      starveCount: 0,
      consecutiveNotMixed: 0,
      overflowCount: 0,
      framesDropped: 0,
      total,
      window,
    };
  }
}

function countersOf(received: number, expected: number, late: number): StreamCounters {
  const lost = Math.max(0, expected - received) >>> 0;
  const rest = { unreasonable: 0, early: 0, recovered: 0 };
  return { received: received >>> 0, late: late >>> 0, lost, expected: expected >>> 0, ...rest };
}
