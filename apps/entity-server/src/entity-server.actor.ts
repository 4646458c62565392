import { ActorSystem, LeaseKeeper } from '@app/actor';
import type { Broker, Subscription } from '@app/broker';
import { type Clock, type Random, type Tick, TickLoop, type Timer } from '@app/clock';
import { EntityError } from '@app/entities';
import { type Instance, type Logger, type MemberDirectory, WorldDirectory } from '@app/runtime';
import type { vicinity } from '@app/wire';
import { ENTITY_TICK_MS, WORLDS_MAX } from '@app/world';
import { type EditReply, refusalOf } from './edit-reply.js';
import type { EntityServerMetrics } from './entity-server.metrics.js';
import type { EntityServerOptions } from './entity-server.options.js';
import { worldUnavailable } from './passing-errors.js';
import { TickCounts } from './tick-counts.js';
import { WorldActor } from './world.actor.js';

/** Pause before storage that is away is tried again, in ms. */
const RETRY_MS = 500;
/** A first tick this much later than due means that the process was stopped for a while, in ms. */
const PAUSE_MS = 1_000;
/** How long actors have to finish what they are at when the process ends, in ms. */
const FINISH_MS = 1_000;

/** What the role stands on. */
export interface EntityServerGround {
  instance: Instance;
  broker: Broker;
  clock: Clock;
  random: Random;
  members: MemberDirectory;
  options: EntityServerOptions;
  metrics: EntityServerMetrics;
  logger: Logger;
  /** Tells others how busy this process is: 0 idle, 1 full. */
  reportLoad?: (load: number) => void;
}

/** The entities of all worlds: keeps every world of the domain, and writes the shards that fall to this process. */
export class EntityServerActor {
  private readonly worlds = new Map<string, WorldActor>();
  private readonly leases: LeaseKeeper;
  private readonly actors: ActorSystem;
  private readonly directory: WorldDirectory;
  private readonly loop: TickLoop;
  private readonly creating = new Set<string>();
  /** Worlds that are gone, and are still finishing what was in flight. */
  private readonly closing = new Map<string, Promise<void>>();
  private readonly subscriptions: Subscription[] = [];
  private readonly timers = new Set<Timer>();
  private tickedAtMs = 0;
  private busyMs = 0;
  private isStopped = false;

  constructor(private readonly ground: EntityServerGround) {
    const { broker, clock, instance, options } = ground;
    this.leases = new LeaseKeeper(broker, clock, { instance: instance.instanceId, epochMs: instance.epochMs });
    this.actors = new ActorSystem(clock);
    this.actors.onCrash(({ path, error, directive }) =>
      ground.logger.error({ err: error, actor: path, directive: directive.type }, 'An actor has crashed.'),
    );
    this.directory = new WorldDirectory(broker, clock, options.worlds);
    this.loop = new TickLoop(clock, ENTITY_TICK_MS, (tick) => this.tick(tick));
  }

  /** Resolves after the first attempt to reach storage; a broker without it must not keep the role from starting. */
  async start(): Promise<void> {
    this.tickedAtMs = this.ground.clock.nowMs();
    this.subscriptions.push(
      this.directory.onChange(() => this.openWorlds()),
      this.ground.broker.onStatus(({ type }) => {
        if (type === 'connected') this.forgive();
      }),
    );
    this.loop.start();
    await this.startLeases();
    await this.directory.start();
    this.openWorlds();
  }

  /**
   * The first step of the end: shards go to others, who go on at once, while requests that are here are still answered. Alone,
   * a server keeps its shards until the last answer is given.
   */
  async handOver(): Promise<void> {
    const { members, instance } = this.ground;
    if (members.live(instance.role).every(({ instanceId }) => instanceId === instance.instanceId)) return;
    await Promise.all([...this.worlds.values()].map((world) => world.handOver()));
  }

  /** Finishes what is in flight, then gives everything up. A second call is harmless. */
  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
    for (const timer of this.timers) timer.cancel();
    this.directory.stop();
    await Promise.all([...[...this.worlds.values()].map((world) => world.stop()), ...this.closing.values()]);
    this.loop.stop();
    await Promise.all([this.leases.stop(), this.actors.shutdown(FINISH_MS)]);
  }

  /** Answers when the log has the edits, or with a code. Never fails. */
  edit(worldName: string, request: vicinity.v1.EntityEditRequest): Promise<EditReply> {
    const startMs = this.ground.clock.nowMs();
    const world = this.worlds.get(worldName);
    if (!world) return Promise.resolve(this.counted(refusalOf(this.missing(worldName)), false, startMs));
    return world.edit(request).then((reply) => this.counted(reply, request.isDryRun, startMs));
  }

  /** What this process knows of a world. Fails with a code. */
  async inspect(
    worldName: string,
    request: vicinity.v1.WorldInspectRequest,
  ): Promise<vicinity.v1.WorldInspectReply.$Properties> {
    const world = this.worlds.get(worldName);
    if (!world) throw this.missing(worldName);
    if (!world.open) throw worldUnavailable();
    return world.open.inspect(request);
  }

  /** Where viewers are and what they want to know. */
  handleInterest(worldName: string, table: vicinity.v1.EntityInterestTable): void {
    this.worlds.get(worldName)?.open?.interest.handleTable(table, this.ground.clock.nowMs());
  }

  /** Where simulated bodies are. */
  handleMotions(worldName: string, table: vicinity.v1.EntityMotionTable): void {
    if (table.serverId === this.ground.instance.instanceId) return;
    const world = this.worlds.get(worldName)?.open;
    world?.interest.handleMotions(table, this.ground.clock.nowMs());
    world?.physics.handleMotions(table);
  }

  /** What clients hold and move. */
  handleMotionUplink(worldName: string, uplink: vicinity.v1.EntityMotionUplink): void {
    this.worlds.get(worldName)?.open?.physics.handleUplink(uplink);
  }

  /** The world of that name, if this process has it. */
  world(name: string): WorldActor | undefined {
    return this.worlds.get(name);
  }

  private counted(reply: EditReply, isDryRun: boolean, startMs: number): EditReply {
    const { clock, metrics } = this.ground;
    if (reply.errorCode) metrics.refused.inc(1, { code: reply.errorCode });
    else if (!isDryRun) metrics.acked.inc();
    metrics.ackMs.observe(clock.nowMs() - startMs);
    return reply;
  }

  private missing(worldName: string): EntityError {
    if (this.directory.has(worldName)) return worldUnavailable();
    return new EntityError('world-unknown', 'There is no world of that name.');
  }

  private async startLeases(): Promise<void> {
    try {
      await this.leases.start();
    } catch (error) {
      this.ground.logger.warn({ err: error }, 'Leases cannot be read yet; trying again.');
      this.later(() => void this.startLeases());
    }
  }

  /**
   * Opens worlds that are new, says into how many parts one is divided that nobody has divided yet, and closes those that
   * somebody has deleted.
   */
  private openWorlds(): void {
    if (this.isStopped) return;
    for (const [name, world] of this.worlds) if (!this.directory.has(name)) this.closeWorld(name, world);
    for (const name of this.directory.names()) {
      const shards = this.directory.shardsOf(name);
      if (shards === undefined) void this.divide(name);
      else if (!this.isTaken(name) && this.worlds.size < WORLDS_MAX) this.openWorld(name, shards);
    }
  }

  private isTaken(name: string): boolean {
    return this.worlds.has(name) || this.closing.has(name);
  }

  private closeWorld(name: string, world: WorldActor): void {
    this.worlds.delete(name);
    const { logger } = this.ground;
    logger.info({ world: name }, 'A world was deleted, and is closed.');
    const closed = world
      .stop()
      .catch((error: unknown) => logger.warn({ err: error, world: name }, 'A deleted world did not end well.'))
      .then(() => {
        this.closing.delete(name);
        this.openWorlds();
      });
    this.closing.set(name, closed);
  }

  private openWorld(name: string, shards: number): void {
    const { instance, members } = this.ground;
    const liveServers = (): string[] => members.live(instance.role).map(({ instanceId }) => instanceId);
    const ground = {
      ...this.ground,
      instanceId: instance.instanceId,
      leases: this.leases,
      actors: this.actors,
      liveServers,
    };
    const world = new WorldActor(name, shards, ground);
    this.worlds.set(name, world);
    void world.start();
  }

  /** A world of the settings that is new: whoever writes it down first decides, and everybody reads it. */
  private async divide(name: string): Promise<void> {
    if (this.creating.has(name)) return;
    this.creating.add(name);
    try {
      await this.directory.create(name, { shards: this.ground.options.worldShards });
      this.creating.delete(name);
    } catch {
      this.later(() => {
        this.creating.delete(name);
        this.openWorlds();
      });
    }
  }

  private later(work: () => void): void {
    if (this.isStopped) return;
    const timer = this.ground.clock.after(RETRY_MS, () => {
      this.timers.delete(timer);
      work();
    });
    this.timers.add(timer);
  }

  /** The broker or this process was away: the silence of gateways meant nothing. */
  private forgive(): void {
    for (const world of this.worlds.values()) world.open?.interest.forgive(this.ground.clock.nowMs());
  }

  private tick(_tick: Tick): void {
    const { clock, metrics, reportLoad } = this.ground;
    const startMs = clock.nowMs();
    if (startMs - this.tickedAtMs > PAUSE_MS) this.forgive();
    this.tickedAtMs = startMs;
    const counts = new TickCounts();
    for (const { open } of this.worlds.values()) if (open) counts.add(open);
    counts.tell(metrics);
    metrics.tickMs.observe(clock.nowMs() - startMs);
    // A moving average over about a second.
    this.busyMs += (clock.nowMs() - startMs - this.busyMs) / 30;
    reportLoad?.(this.busyMs / ENTITY_TICK_MS);
  }
}
