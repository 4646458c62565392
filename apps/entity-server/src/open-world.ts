import type { InterestCounts } from './interest/index.js';
import { subjectOf } from '@app/broker';
import { EntityError, type EntityTransaction } from '@app/entities';
import { encodeMessage, type vicinity } from '@app/wire';
import type { EntityId } from '@app/world';
import { Lifetimes } from './duties/lifetimes.js';
import type { EditReply } from './edit-reply.js';
import { FirstShardDuties } from './first-shard-duties.js';
import { EntityFront } from './front/entity-front.js';
import { WorldInterest } from './interest/index.js';
import { WorldPhysics } from './physics/world-physics.js';
import type { EditRule } from './rules/edit-rule.js';
import { AddressRates } from './rules/address-rates.js';
import { ErasureRates } from './rules/erasure-rates.js';
import { FilterRule } from './rules/filter-rule.js';
import { LimitRule } from './rules/limit-rule.js';
import { LockRule } from './rules/lock-rule.js';
import { Population } from './rules/population.js';
import { PowerRule } from './rules/power-rule.js';
import { PrivateRule } from './rules/private-rule.js';
import type { CommitOutcome } from './shard/commit.js';
import { EntityShard } from './shard/entity-shard.js';
import { ShardOwnership } from './shard/shard-ownership.js';
import type { WorldGround } from './world-ground.js';
import type { AppliedRecord, WorldReplica } from './world-replica.js';

/** How long somebody who looks into the world waits for a place in the log, in ms. */
const INSPECT_MS = 5_000;
/** How long edits are still tried elsewhere when this process ends, in ms; less than its stages have. */
const HAND_OVER_PATIENCE_MS = 2_000;

/** A world that is open: its replica, where edits arrive, the shards that are written here, and what follows from that. */
export class OpenWorld {
  readonly front: EntityFront;
  /** Who is told what. */
  readonly interest: WorldInterest;
  /** Bodies that fall and hit each other. */
  readonly physics: WorldPhysics;
  private readonly rates: AddressRates;
  private readonly rules: readonly EditRule[];
  private readonly ownership: ShardOwnership;
  private readonly population: Population;
  private readonly labels: { readonly world: string };
  private readonly lifetimes: Lifetimes;
  private readonly duties: FirstShardDuties;

  constructor(
    readonly replica: WorldReplica,
    private readonly shards: number,
    private readonly ground: WorldGround,
  ) {
    const { broker, clock, instanceId } = ground;
    this.labels = { world: replica.name };
    this.population = new Population(replica.world.entities());
    this.rates = new AddressRates(clock, ground.options);
    this.rules = this.makeRules();
    this.ownership = this.makeOwnership();
    this.front = this.makeFront();
    this.lifetimes = this.makeLifetimes();
    this.duties = new FirstShardDuties(replica, ground);
    this.interest = new WorldInterest(instanceId, ground.options.interest, (gateway, message) =>
      broker.publish(subjectOf('entityDown', { world: replica.name, who: gateway }), message),
    );
    this.interest.handleWorld(replica.world, clock.wallMs());
    this.physics = this.makePhysics();
    this.tellPopulation();
    replica.onRecord((record) => this.handleRecord(record));
  }

  start(): void {
    this.ownership.start();
    this.lifetimes.start();
  }

  /** Answers when the log has the edits, or with a code. Never fails. */
  edit(request: vicinity.v1.EntityEditRequest, deadlineMs: number): Promise<EditReply> {
    return this.front.edit(request, deadlineMs);
  }

  /** A transaction of the server itself, which no rule holds up. Never fails. */
  submit(transaction: EntityTransaction): Promise<CommitOutcome> {
    return this.front.submit(transaction);
  }

  /** Whether this process writes the shard that an entity belongs to. */
  isOwn(id: EntityId): boolean {
    return this.ownership.writerOf(this.replica.world.shardOf(id, this.shards)) !== undefined;
  }

  /** Shards of which this process is the writer. */
  openShards(): number[] {
    return this.ownership.openShards();
  }

  /** What this replica knows. Fails with `world-unavailable` when it does not get as far in time. */
  async inspect(request: vicinity.v1.WorldInspectRequest): Promise<vicinity.v1.WorldInspectReply.$Properties> {
    try {
      await this.replica.reached(request.atLeastSequence, INSPECT_MS);
    } catch (cause) {
      throw new EntityError('world-unavailable', 'This server has not read so far.', { cause });
    }
    const { world } = this.replica;
    const { instanceId } = this.ground;
    const shards = this.openShards();
    return { sequence: world.lastSequence, hash: world.hash(), count: world.size, serverId: instanceId, shards };
  }

  /** One tick of what viewers are told, every ENTITY_TICK_MS. */
  tick(): InterestCounts {
    const { clock, broker } = this.ground;
    return this.interest.tick(clock.nowMs(), clock.wallMs(), broker.isConnected);
  }

  /**
   * Finishes what is in flight and gives its shards up, so that others can go on at once. What arrives here meanwhile goes to
   * them.
   */
  async handOver(): Promise<void> {
    this.front.hurry(HAND_OVER_PATIENCE_MS);
    this.lifetimes.stop();
    await this.physics.drain();
    await this.ownership.drain();
    this.duties.stop();
  }

  /** Gives its shards up, then ends. A second call is harmless. */
  async drain(): Promise<void> {
    await this.handOver();
    this.replica.stop();
  }

  /** Ends at once: the log is not what this replica thinks. */
  async abandon(): Promise<void> {
    this.lifetimes.stop();
    this.duties.stop();
    this.physics.stop();
    this.replica.stop();
    await this.ownership.stop();
  }

  private tellPopulation(): void {
    this.ground.metrics.propertyBytes.set(this.population.bytes, this.labels);
  }

  private handleRecord({ changes, sequence, outcomes }: AppliedRecord): void {
    if (changes.length > 0) {
      this.population.handleChanges(changes);
      this.tellPopulation();
      this.lifetimes.handleChanges(changes);
    }
    this.interest.handleChanges(changes, sequence);
    this.physics.handleRecord(outcomes);
    this.duties.handleRecord(changes, outcomes.length);
  }

  private makeRules(): readonly EditRule[] {
    const { options } = this.ground;
    return [
      new PowerRule(options.temporaryLifetimeSMax),
      new PrivateRule(),
      new LockRule(),
      new LimitRule(options, this.population, this.rates),
      new FilterRule(options.filter),
    ];
  }

  private makeFront(): EntityFront {
    const { broker, clock, random, metrics } = this.ground;
    return new EntityFront({
      broker,
      clock,
      random,
      replica: this.replica,
      shards: this.shards,
      rules: this.rules,
      rates: this.rates,
      erasures: new ErasureRates(clock),
      localShard: (shard) => this.ownership.writerOf(shard),
      countRepeat: () => metrics.retried.inc(),
    });
  }

  private makeOwnership(): ShardOwnership {
    const { clock, leases, instanceId, logger, liveServers } = this.ground;
    return new ShardOwnership(this.replica.name, this.shards, {
      clock,
      leases,
      instanceId,
      logger,
      liveServers,
      makeShard: (shard, lease) =>
        new EntityShard(this.replica, shard, lease, { ...this.ground, shards: this.shards, rules: this.rules }),
      onChange: (shard, isOpen) => {
        if (shard !== 0) return;
        this.physics.setActive(isOpen);
        this.duties.setActive(isOpen);
      },
    });
  }

  private makePhysics(): WorldPhysics {
    const { broker, clock, instanceId, logger, metrics, options } = this.ground;
    const { name, world } = this.replica;
    return new WorldPhysics({
      clock,
      logger,
      metrics: metrics.physics,
      instanceId,
      worldName: name,
      world,
      bodiesMax: options.physicsBodiesMax,
      publish: (table) => {
        broker.publish(
          subjectOf('entityMotion', { world: name, who: instanceId }),
          encodeMessage('EntityMotionTable', table),
        );
        this.interest.handleMotions(table as vicinity.v1.IEntityMotionTable, clock.nowMs());
      },
      submit: (transaction) => this.submit(transaction),
    });
  }

  private makeLifetimes(): Lifetimes {
    const { clock, metrics } = this.ground;
    return new Lifetimes({
      clock,
      world: this.replica.world,
      isOwn: (id) => this.isOwn(id),
      submit: (transaction) => this.submit(transaction),
      countExpired: () => metrics.expired.inc(),
    });
  }
}
