import { setTimeout as pause } from 'node:timers/promises';
import { type MemoryBroker, MemoryBus, subjectOf } from '@app/broker';
import { SystemClock } from '@app/clock';
import type { EntityAuthor } from '@app/entities';
import {
  BrokerHeartbeat,
  BrokerMemberDirectory,
  BrokerTransport,
  type BrokerContext,
  PrometheusMetrics,
  RoleState,
  silentLogger,
} from '@app/runtime';
import { SeededRandom, SimClock } from '@app/testing';
import {
  decodeMessage,
  encodeMessage,
  entityIdToBytes,
  type MessageFields,
  packProperties,
  type vicinity,
} from '@app/wire';
import type { EntityProperties } from '@app/world';
import { EntityServerActor } from '../src/entity-server.actor.js';
import { entityServerMetrics } from '../src/entity-server.metrics.js';
import type { EntityServerOptions } from '../src/entity-server.options.js';
import { INTEREST_DEFAULTS } from '../src/interest/index.js';
import { POWER } from '../src/rules/edit-rule.js';
import { DEFAULT_TIERS } from '../src/snapshots/snapshot-schedule.js';

/** What an operator has chosen who has chosen nothing. */
export const OPTIONS: EntityServerOptions = {
  worlds: ['main'],
  worldShards: 1,
  entitiesMax: 250_000,
  worldBytesMax: 536_870_912,
  sessionEntitiesMax: 20_000,
  sessionBytesMax: 67_108_864,
  addressEntitiesPerHour: 20_000,
  addressBytesPerHour: 67_108_864,
  temporaryEntitiesMax: 1_000,
  temporaryLifetimeSMax: 3_600,
  filter: {},
  historyMsMax: 0,
  historyBytesMax: 0,
  tiers: DEFAULT_TIERS,
  snapshotAfterEdits: 50_000,
  interest: INTEREST_DEFAULTS,
  physicsBodiesMax: 1_000,
};

/** How long something may take in real time, in ms. */
const REAL_PATIENCE_MS = 15_000;
const realClock = new SystemClock();

type Call = (message: never, context: BrokerContext) => unknown;

/** One entity-server, as a process would be: a connection of its own, heartbeats, subscriptions. */
export class StagedServer {
  readonly broker: MemoryBroker;
  readonly actor: EntityServerActor;
  private readonly members: BrokerMemberDirectory;
  private readonly heartbeat: BrokerHeartbeat;
  private readonly transport: BrokerTransport;

  constructor(
    readonly name: string,
    bus: MemoryBus,
    clock: SimClock,
    options: EntityServerOptions,
    seed: number,
    epochMs = 1_000,
  ) {
    const instance = { instanceId: name, role: 'entity-server', epochMs, version: '1' };
    const metrics = new PrometheusMetrics();
    this.broker = bus.connect();
    this.members = new BrokerMemberDirectory(this.broker, clock);
    this.heartbeat = new BrokerHeartbeat(this.broker, clock, instance, 1);
    this.transport = new BrokerTransport(this.broker, name, silentLogger, metrics, () => clock.nowMs());
    this.actor = new EntityServerActor({
      instance,
      broker: this.broker,
      clock,
      random: new SeededRandom(seed),
      members: this.members,
      options,
      metrics: entityServerMetrics(metrics),
      logger: silentLogger,
    });
  }

  async start(): Promise<void> {
    const { actor } = this;
    this.members.start();
    this.heartbeat.start();
    const edit: Call = (request, context) => actor.edit(context.world, request);
    const inspect: Call = (request, context) => actor.inspect(context.world, request);
    const handlers: Array<[string, Call]> = [
      ['vw.*.entity.edit.{instance}', edit],
      ['vw.*.entity.edit.any', edit],
      ['vw.*.entity.inspect.{instance}', inspect],
    ];
    const motions: Call = (table, context) => actor.handleMotions(context.world, table);
    const uplink: Call = (message, context) => actor.handleMotionUplink(context.world, message);
    const events: Array<[string, Call]> = [
      ['vw.*.entity.motion.*', motions],
      ['vw.*.entity.push.*', uplink],
    ];
    const all = [...handlers, ...events];
    this.transport.bind(
      all.map(([pattern, call], index) => ({
        pattern,
        isEvent: index >= handlers.length,
        call: call as (message: object, context: BrokerContext) => unknown,
      })),
    );
    await actor.start();
    this.heartbeat.enter(RoleState.ROLE_STATE_READY);
  }

  /** As after SIGTERM. */
  async drain(): Promise<void> {
    this.heartbeat.enter(RoleState.ROLE_STATE_DRAINING);
    await this.actor.handOver();
    await this.transport.close();
    await this.actor.stop();
    this.heartbeat.enter(RoleState.ROLE_STATE_STOPPED);
    await this.broker.close();
    this.members.stop();
  }

  /** As after kill -9: nothing more is said or heard. */
  async kill(): Promise<void> {
    await this.broker.close();
    this.members.stop();
    void this.actor.stop();
  }
}

let editCount = 0;

/** Several entity-servers on a broker in memory. */
export class EntityStage {
  readonly clock = new SimClock();
  readonly bus: MemoryBus;
  readonly servers = new Map<string, StagedServer>();
  readonly asker: MemoryBroker;
  private seed = 1;

  constructor(
    private readonly options: Partial<EntityServerOptions> = {},
    delayMs = 0,
  ) {
    this.bus = new MemoryBus({ clock: this.clock, delayMs });
    this.asker = this.bus.connect();
  }

  /** Starts a server and lets it become ready. */
  async start(name: string, settleMs = 1_000): Promise<StagedServer> {
    const server = this.launch(name);
    await this.clock.advanceAsync(settleMs);
    return server;
  }

  /** Starts a server, which becomes ready as time passes. */
  launch(name: string): StagedServer {
    const options = { ...OPTIONS, ...this.options };
    const server = new StagedServer(name, this.bus, this.clock, options, this.seed++, this.clock.wallMs());
    this.servers.set(name, server);
    void server.start();
    return server;
  }

  async kill(name: string): Promise<void> {
    const server = this.servers.get(name);
    this.servers.delete(name);
    const killed = server?.kill();
    await this.clock.advanceAsync(0);
    await killed;
  }

  async drain(name: string): Promise<void> {
    const server = this.servers.get(name);
    this.servers.delete(name);
    await this.during(server?.drain() ?? Promise.resolve());
  }

  /** Lets time pass until something is done. */
  async during<T>(work: Promise<T>, msMax = 30_000, stepMs = 5): Promise<T> {
    let isDone = false;
    const settled = work.finally(() => {
      isDone = true;
    });
    settled.catch(() => undefined);
    await this.clock.advanceAsync(0);
    for (let ms = 0; !isDone && ms <= msMax; ms += stepMs) await this.clock.advanceAsync(stepMs);
    if (!isDone) throw new Error(`not done within ${msMax} ms`);
    return settled;
  }

  /**
   * Lets time pass, slowly, until something holds. For what simulated time alone does not finish: snapshots are compressed
   * on threads of their own.
   */
  async eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
    const deadlineMs = realClock.nowMs() + REAL_PATIENCE_MS;
    for (;;) {
      if (await this.during(Promise.resolve(holds()))) return;
      if (realClock.nowMs() > deadlineMs) throw new Error('It does not come to hold.');
      await this.clock.advanceAsync(5);
      await pause(1);
    }
  }

  /** Sends a transaction as a gateway would; resolves with the answer. */
  async edit(
    edits: MessageFields<'EntityEdit'>[],
    options: {
      via?: string;
      editId?: string;
      author?: Partial<EntityAuthor>;
      powers?: number;
      origin?: number;
      world?: string;
      isDryRun?: boolean;
      timeoutMs?: number;
    } = {},
  ): Promise<vicinity.v1.EntityEditReply> {
    const {
      via = 'any',
      editId = `edit-${++editCount}`,
      author = {},
      powers = POWER.ENTITY_POWER_BUILD,
      origin = 0,
      world = 'main',
    } = options;
    const request = encodeMessage('EntityEditRequest', {
      transaction: { editId, author: { sessionId: 7, name: 'Ada', ...author, powers, origin }, edits },
      isDryRun: options.isDryRun ?? false,
    });
    const reply = await this.asker.request(subjectOf('entityEdit', { world, who: via }), request, {
      timeoutMs: options.timeoutMs ?? 15_000,
    });
    return decodeMessage('EntityEditReply', reply);
  }

  /** Whether a server has opened a world. */
  isOpen(name: string, world = 'main'): boolean {
    return this.servers.get(name)?.actor.world(world)?.open !== undefined;
  }

  /** What a server's replica knows. */
  inspect(name: string, world = 'main'): { hash: string; count: number; sequence: number } {
    const replica = this.servers.get(name)?.actor.world(world)?.open?.replica;
    if (!replica) throw new Error(`${name} has not opened ${world}`);
    return {
      hash: Buffer.from(replica.world.hash()).toString('hex'),
      count: replica.world.size,
      sequence: replica.lastSequence,
    };
  }

  /** Names of the servers that write shards of a world, by shard. */
  writers(world = 'main'): Record<number, string[]> {
    const writers: Record<number, string[]> = {};
    for (const [name, { actor }] of this.servers) {
      for (const shard of actor.world(world)?.open?.openShards() ?? []) (writers[shard] ??= []).push(name);
    }
    return writers;
  }

  async end(): Promise<void> {
    for (const name of [...this.servers.keys()]) await this.kill(name);
  }
}

/** A whole number as an entity's id. */
export function idOf(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

export function add(id: string, properties: EntityProperties = {}, type = 'Box'): MessageFields<'EntityEdit'> {
  return { add: { id: entityIdToBytes(id), type, properties: packProperties(properties) } };
}

export function change(id: string, properties: EntityProperties, expectedRevision = 0): MessageFields<'EntityEdit'> {
  return { change: { id: entityIdToBytes(id), properties: packProperties(properties), expectedRevision } };
}

export function erase(id: string): MessageFields<'EntityEdit'> {
  return { erase: { id: entityIdToBytes(id) } };
}
