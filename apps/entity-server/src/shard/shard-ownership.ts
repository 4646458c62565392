import type { Lease, LeaseKeeper } from '@app/actor';
import { rendezvousOrder, type Subscription } from '@app/broker';
import type { Clock, Timer } from '@app/clock';
import type { Logger } from '@app/runtime';
import type { InstanceId } from '@app/world';
import type { EntityShard } from './entity-shard.js';

/** How often it is looked whether something should be taken or handed over, in ms. */
const LOOK_INTERVAL_MS = 100;
/** A shard whose preferred owner has been another one for this long is handed over, in ms: not at every hiccup. */
export const HAND_OVER_AFTER_MS = 5_000;
/** The second in the order of preference waits this long before it takes what is free, the third twice as long, in ms. */
const RANK_DELAY_MS = 200;
/** Pause after a lease could not be taken or used, in ms. */
const RETRY_MS = 500;

/** What ownership stands on. */
export interface OwnershipGround {
  clock: Clock;
  leases: LeaseKeeper;
  instanceId: InstanceId;
  logger: Logger;
  /** Entity-servers that are ready, this one included once it is. */
  liveServers: () => readonly InstanceId[];
  /** Makes the writer of a shard. */
  makeShard: (shard: number, lease: Lease) => EntityShard;
  /** Called when a shard of this process has opened or closed. */
  onChange: (shard: number, isOpen: boolean) => void;
}

/** What is known of one shard. */
interface Place {
  readonly shard: number;
  readonly key: string;
  writer?: EntityShard;
  lease?: Lease;
  /** Something is under way: taking, opening or handing over. */
  isBusy: boolean;
  /** Not to be tried before, on the monotonic clock. */
  notBeforeMs: number;
  /** Since when it could be taken; undefined when it cannot. */
  freeSinceMs?: number;
  /** Since when another server should have it; undefined when that is not so. */
  foreignSinceMs?: number;
}

/**
 * Decides which shards of a world this process writes. Rendezvous over the servers that live says who should; the lease
 * says who does, and the log has the last word. Wrong opinions cost time, never an edit.
 */
export class ShardOwnership {
  private readonly places: readonly Place[];
  private readonly subscriptions: Subscription[] = [];
  private timer: Timer | undefined;
  private isStopping = false;

  constructor(
    world: string,
    shards: number,
    private readonly ground: OwnershipGround,
  ) {
    this.places = Array.from({ length: shards }, (_, shard) => ({
      shard,
      key: `entity/${world}/${shard}`,
      isBusy: false,
      notBeforeMs: 0,
    }));
  }

  start(): void {
    const { leases, clock } = this.ground;
    this.subscriptions.push(leases.onTakeable(() => this.look()));
    this.timer = clock.every(LOOK_INTERVAL_MS, () => this.look());
    this.look();
  }

  /** The writer of a shard, if it is in this process and open. */
  writerOf(shard: number): EntityShard | undefined {
    const writer = this.places[shard]?.writer;
    return writer?.isOpen ? writer : undefined;
  }

  /** Shards of which this process is the writer. */
  openShards(): number[] {
    return this.places.filter(({ writer }) => writer?.isOpen).map(({ shard }) => shard);
  }

  /** Finishes what is in flight and gives everything up, so that others can go on at once. */
  async drain(): Promise<void> {
    this.end();
    await Promise.all(this.places.map((place) => this.handOver(place)));
  }

  /** Gives everything up at once. A second call is harmless. */
  async stop(): Promise<void> {
    this.end();
    for (const { writer } of this.places) writer?.stop();
    await Promise.all(this.places.map((place) => this.giveUp(place)));
  }

  private end(): void {
    this.isStopping = true;
    this.timer?.cancel();
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
  }

  private look(): void {
    if (this.isStopping) return;
    for (const place of this.places) {
      if (place.isBusy) continue;
      if (place.lease) this.lookAtOwn(place);
      else this.lookAtOther(place);
    }
  }

  private lookAtOwn(place: Place): void {
    const { clock, instanceId, liveServers } = this.ground;
    const live = liveServers();
    // Without this process among them the list says nothing: it has just started, or is cut off.
    const isForeign = live.includes(instanceId) && rendezvousOrder(place.key, live)[0] !== instanceId;
    if (!isForeign) {
      place.foreignSinceMs = undefined;
      return;
    }
    place.foreignSinceMs ??= clock.nowMs();
    if (clock.nowMs() - place.foreignSinceMs > HAND_OVER_AFTER_MS) void this.handOver(place);
  }

  private lookAtOther(place: Place): void {
    const { clock, leases, liveServers, instanceId } = this.ground;
    if (!leases.isTakeable(place.key)) {
      place.freeSinceMs = undefined;
      return;
    }
    const nowMs = clock.nowMs();
    place.freeSinceMs ??= nowMs;
    if (nowMs < place.notBeforeMs) return;
    // Whoever had it and is silent does not count, even if its last heartbeat is not old yet.
    const silent = leases.holderOf(place.key)?.instance;
    const order = rendezvousOrder(place.key, liveServers());
    const rank = order.filter((id) => id !== silent || id === instanceId).indexOf(instanceId);
    if (rank < 0 || nowMs - place.freeSinceMs < rank * RANK_DELAY_MS) return;
    void this.take(place);
  }

  private async take(place: Place): Promise<void> {
    const { leases, logger, clock } = this.ground;
    place.isBusy = true;
    try {
      const lease = await leases.claim(place.key);
      if (lease) await this.open(place, lease);
      else place.notBeforeMs = clock.nowMs() + LOOK_INTERVAL_MS;
    } catch (error) {
      if (!this.isStopping) logger.warn({ err: error, shard: place.key }, 'A shard could not be opened; trying again.');
      place.notBeforeMs = clock.nowMs() + RETRY_MS;
      await this.giveUp(place);
    } finally {
      place.isBusy = false;
      place.freeSinceMs = undefined;
    }
  }

  private async open(place: Place, lease: Lease): Promise<void> {
    place.lease = lease;
    if (this.isStopping) return this.giveUp(place);
    const writer = this.ground.makeShard(place.shard, lease);
    place.writer = writer;
    writer.onClosed(() => {
      if (place.writer === writer) void this.giveUp(place);
    });
    await writer.open();
    this.ground.logger.info({ shard: place.key, epoch: lease.epoch }, 'This process writes a shard.');
    this.ground.onChange(place.shard, true);
  }

  private async handOver(place: Place): Promise<void> {
    place.isBusy = true;
    try {
      await place.writer?.drain();
      await this.giveUp(place);
    } finally {
      place.isBusy = false;
      place.foreignSinceMs = undefined;
      // The one who should have it shall find it free.
      place.notBeforeMs = this.ground.clock.nowMs() + RETRY_MS;
    }
  }

  private async giveUp(place: Place): Promise<void> {
    const { lease, writer } = place;
    place.lease = undefined;
    place.writer = undefined;
    writer?.stop();
    if (writer) this.ground.onChange(place.shard, false);
    if (lease) await this.ground.leases.release(lease);
  }
}
