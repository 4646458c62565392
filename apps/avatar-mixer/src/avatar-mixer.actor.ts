import { type Broker, subjectOf, type Subscription } from '@app/broker';
import { type Clock, type Tick, TickLoop } from '@app/clock';
import { encodeMessage, type vicinity } from '@app/wire';
import { AVATAR_TICK_MS, type InstanceId, isInstanceId, isWorldName, WORLDS_MAX } from '@app/world';
import type { AvatarMixerMetrics } from './avatar-mixer.metrics.js';
import { type UpdateOptions, UpdatePlans } from './update-plans.js';
import { type TickCounts, WorldAvatars } from './world-avatars.js';

/** A first tick this much later than due means that the process was stopped for a while, in ms. */
const PAUSE_MS = 1_000;

/** Serves avatars to the listeners that gateways have assigned to this instance, in all worlds. */
export class AvatarMixerActor {
  private readonly worlds = new Map<string, WorldAvatars>();
  private readonly loop: TickLoop;
  private readonly plans: UpdatePlans;
  private statusSubscription: Subscription | undefined;
  private tickIndex = 0;
  private tickedAtMs = 0;
  private busyMs = 0;

  constructor(
    private readonly instanceId: InstanceId,
    private readonly broker: Broker,
    private readonly clock: Clock,
    options: UpdateOptions,
    private readonly metrics: AvatarMixerMetrics,
    private readonly reportLoad: (load: number) => void = () => undefined,
  ) {
    this.plans = new UpdatePlans(options);
    this.loop = new TickLoop(
      clock,
      AVATAR_TICK_MS,
      (tick) => this.tick(tick),
      2,
      () => metrics.failedTicks.inc(),
    );
  }

  start(): void {
    this.tickedAtMs = this.clock.nowMs();
    this.statusSubscription = this.broker.onStatus(({ type }) => {
      if (type === 'connected') this.recover();
    });
    this.loop.start();
  }

  /** A second call is harmless. */
  stop(): void {
    this.loop.stop();
    this.statusSubscription?.unsubscribe();
  }

  handleRoster(worldName: string, roster: vicinity.v1.SessionRoster): void {
    if (!isInstanceId(roster.gatewayId)) return this.metrics.dropped.inc(1, { reason: 'roster-invalid' });
    const world = this.worlds.get(worldName) ?? this.addWorld(worldName);
    const outcome = world?.applyRoster(roster, this.clock.nowMs()) ?? 'too-many';
    if (outcome !== 'applied') this.metrics.dropped.inc(1, { reason: `roster-${outcome}` });
  }

  handleUplink(worldName: string, uplink: vicinity.v1.AvatarUplink): void {
    const world = this.worlds.get(worldName);
    const dropped = world?.applyUplink(uplink, this.tickIndex, this.clock.nowMs()) ?? uplink.poses.length;
    if (dropped > 0) this.metrics.dropped.inc(dropped, { reason: 'pose' });
  }

  handleTraits(worldName: string, table: vicinity.v1.TraitsTable): void {
    const world = this.worlds.get(worldName) ?? this.addWorld(worldName);
    world?.applyTraits(table, this.clock.nowMs());
  }

  /** A world that is new here is asked to tell everything now: its first roster may have come unasked. */
  private addWorld(worldName: string): WorldAvatars | undefined {
    if (!isWorldName(worldName) || this.worlds.size >= WORLDS_MAX) return undefined;
    const world = new WorldAvatars(this.instanceId, this.plans, (gateway, message) =>
      this.publish(subjectOf('avatarDown', { world: worldName, who: gateway }), message),
    );
    this.worlds.set(worldName, world);
    this.requestRosters(worldName);
    return world;
  }

  /** The broker is back, or this process is: what was missed is asked for, and nobody is blamed for the silence. */
  private recover(): void {
    for (const [worldName, world] of this.worlds) {
      world.forgive(this.clock.nowMs());
      this.requestRosters(worldName);
    }
  }

  private requestRosters(worldName: string): void {
    const subject = subjectOf('rosterRequest', { world: worldName, who: this.instanceId });
    this.publish(subject, encodeMessage('RosterRequest', { instanceId: this.instanceId }));
  }

  private publish(subject: string, message: Uint8Array): void {
    this.broker.publish(subject, message);
    this.metrics.published.inc();
  }

  private tick(tick: Tick): void {
    const startMs = this.clock.nowMs();
    if (startMs - this.tickedAtMs > PAUSE_MS) this.recover();
    this.tickedAtMs = startMs;
    this.tickIndex = tick.index;
    const counts: TickCounts = {
      avatars: 0,
      listeners: 0,
      updates: 0,
      realtimeBytes: 0,
      reliableBytes: 0,
      waitTicksMax: 0,
    };
    for (const [worldName, world] of this.worlds) {
      world.tick(tick.index, startMs, this.broker.isConnected, counts);
      if (world.isEmpty) this.worlds.delete(worldName);
    }
    this.note(tick, this.clock.nowMs() - startMs, counts);
  }

  private note(tick: Tick, durationMs: number, counts: TickCounts): void {
    const { metrics } = this;
    metrics.tickMs.observe(durationMs);
    metrics.latenessMs.observe(tick.latenessMs);
    if (tick.skipped > 0) metrics.skippedTicks.inc(tick.skipped);
    metrics.avatars.set(counts.avatars);
    metrics.listeners.set(counts.listeners);
    metrics.waitMsMax.set(counts.waitTicksMax * AVATAR_TICK_MS);
    metrics.updates.inc(counts.updates);
    metrics.bytes.inc(counts.realtimeBytes, { kind: 'realtime' });
    metrics.bytes.inc(counts.reliableBytes, { kind: 'reliable' });
    // A moving average over about a second.
    this.busyMs += (durationMs - this.busyMs) / 30;
    this.reportLoad(this.busyMs / AVATAR_TICK_MS);
  }
}
