import type { EntityServerMetrics } from './entity-server.metrics.js';
import type { OpenWorld } from './open-world.js';

/** Numbers of one tick, added up over worlds. */
export class TickCounts {
  private leases = 0;
  private inFlight = 0;
  private viewers = 0;
  private waiting = 0;
  private waitMsMax = 0;
  private states = 0;
  private reliableBytes = 0;
  private realtimeBytes = 0;

  /** Lets a world tick and counts what it did. */
  add(world: OpenWorld): void {
    const counts = world.tick();
    this.leases += world.openShards().length;
    this.inFlight += world.front.inFlight;
    this.viewers += counts.viewers;
    this.waiting += counts.waiting;
    this.waitMsMax = Math.max(this.waitMsMax, counts.waitMsMax);
    this.states += counts.states;
    this.reliableBytes += counts.reliableBytes;
    this.realtimeBytes += counts.realtimeBytes;
  }

  tell(metrics: EntityServerMetrics): void {
    metrics.leases.set(this.leases);
    metrics.inFlight.set(this.inFlight);
    metrics.viewers.set(this.viewers);
    metrics.waiting.set(this.waiting);
    metrics.waitMsMax.set(this.waitMsMax);
    if (this.states > 0) metrics.states.inc(this.states);
    if (this.reliableBytes > 0) metrics.bytes.inc(this.reliableBytes, { kind: 'reliable' });
    if (this.realtimeBytes > 0) metrics.bytes.inc(this.realtimeBytes, { kind: 'realtime' });
  }
}
