import type { Counter, Gauge, Histogram, Metrics } from '@app/runtime';

/** What travels between clients and this gateway, as metrics tell it apart. */
export type TrafficKind = 'voice' | 'mix' | 'reliable' | 'realtime' | 'signal' | 'vircadia';

const LATENESS_BUCKETS_MS = [1, 2, 5, 10, 20, 50, 100, 500];

/** The numbers of a gateway. Counts of hot paths are kept here and handed over once a second. */
export class GatewayMetrics {
  private readonly sessions: Gauge;
  private readonly packets: Counter;
  private readonly bytes: Counter;
  private readonly drops: Counter;
  private readonly failoverCount: Counter;
  private readonly lateness: Histogram;
  private readonly workerCpu: Gauge;
  private readonly workerDeaths: Counter;
  private readonly pendingTraffic = new Map<
    string,
    { labels: { kind: string; direction: string }; packets: number; bytes: number }
  >();
  private readonly pendingDrops = new Map<string, number>();

  constructor(metrics: Metrics) {
    this.sessions = metrics.gauge('gateway_sessions', 'Sessions of this gateway, by phase.', ['phase']);
    this.packets = metrics.counter('gateway_packets_total', 'Packets and messages to and from clients.', [
      'kind',
      'direction',
    ]);
    this.bytes = metrics.counter('gateway_bytes_total', 'Bytes of packets and messages to and from clients.', [
      'kind',
      'direction',
    ]);
    this.drops = metrics.counter('gateway_drops_total', 'Packets and messages that were dropped, by reason.', [
      'reason',
    ]);
    this.failoverCount = metrics.counter('gateway_failovers_total', 'Listeners moved to another mixer.', ['mixer']);
    this.lateness = metrics.histogram(
      'gateway_tick_lateness_ms',
      'How late uplink ticks begin, in ms.',
      LATENESS_BUCKETS_MS,
    );
    this.workerCpu = metrics.gauge('gateway_media_worker_cpu_seconds', 'CPU time of the media workers that run now.');
    this.workerDeaths = metrics.counter(
      'gateway_media_worker_deaths_total',
      'Media workers that died and were replaced.',
    );
  }

  countIn(kind: TrafficKind, bytes: number): void {
    this.count(kind, 'in', bytes);
  }

  countOut(kind: TrafficKind, bytes: number): void {
    this.count(kind, 'out', bytes);
  }

  /** @param reason  one of a small fixed set, never a client's text */
  countDrop(reason: string, count = 1): void {
    this.pendingDrops.set(reason, (this.pendingDrops.get(reason) ?? 0) + count);
  }

  countFailovers(mixer: 'audio' | 'avatar' | 'entity', count: number): void {
    if (count > 0) this.failoverCount.inc(count, { mixer });
  }

  observeTick(latenessMs: number): void {
    this.lateness.observe(latenessMs);
  }

  countWorkerDeath(): void {
    this.workerDeaths.inc();
  }

  setWorkerCpu(seconds: number): void {
    this.workerCpu.set(seconds);
  }

  setSessions(byPhase: Readonly<Record<string, number>>): void {
    for (const [phase, count] of Object.entries(byPhase)) this.sessions.set(count, { phase });
  }

  /** Hands over what has been counted since the last call. */
  flush(): void {
    for (const entry of this.pendingTraffic.values()) {
      if (entry.packets === 0) continue;
      this.packets.inc(entry.packets, entry.labels);
      this.bytes.inc(entry.bytes, entry.labels);
      entry.packets = 0;
      entry.bytes = 0;
    }
    for (const [reason, count] of this.pendingDrops) this.drops.inc(count, { reason });
    this.pendingDrops.clear();
  }

  private count(kind: TrafficKind, direction: 'in' | 'out', bytes: number): void {
    const key = direction === 'in' ? kind : `>${kind}`;
    let entry = this.pendingTraffic.get(key);
    if (!entry) {
      entry = { labels: { kind, direction }, packets: 0, bytes: 0 };
      this.pendingTraffic.set(key, entry);
    }
    entry.packets++;
    entry.bytes += bytes;
  }
}
