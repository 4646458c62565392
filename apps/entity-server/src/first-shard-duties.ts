import { type ActorHandle, bindSubject } from '@app/actor';
import { subjectOf, type Subscription } from '@app/broker';
import type { EntityChange } from '@app/entities';
import { SoundDuty } from './duties/sound-duty.js';
import { SNAPSHOT_RESTARTS, SnapshotActor } from './snapshots/snapshot.actor.js';
import { SNAPSHOT_PROTOCOL, type SnapshotAnswer, type SnapshotOrder } from './snapshots/snapshot-protocol.js';
import type { WorldGround } from './world-ground.js';
import type { WorldReplica } from './world-replica.js';

/** Snapshots that may be asked for while one is made; further requests are refused. */
const SNAPSHOTS_WAITING_MAX = 64;

/**
 * How often this process has had the duty for any world: the keeper before may still be finishing, also when the world was
 * opened anew meanwhile.
 */
let turns = 0;

/** What the writer of a world's first shard does for the world: snapshots, and telling mixers about sounds. */
export class FirstShardDuties {
  private snapshots: ActorHandle<SnapshotOrder, SnapshotAnswer> | undefined;
  private readonly edits = { count: 0 };
  private readonly sounds: SoundDuty;
  private door: Subscription | undefined;

  constructor(
    private readonly replica: WorldReplica,
    private readonly ground: WorldGround,
  ) {
    this.sounds = new SoundDuty(replica.name, replica.world, ground);
  }

  /** This process has become, or is no longer, the writer of the first shard. */
  setActive(isActive: boolean): void {
    this.stop();
    if (isActive) this.start();
  }

  /** What a record has changed. */
  handleRecord(changes: readonly EntityChange[], transactions: number): void {
    this.edits.count += transactions;
    this.sounds.handleChanges(changes);
  }

  /** A second call is harmless. */
  stop(): void {
    this.door?.unsubscribe();
    // What is being made is finished, if the process lives as long.
    void this.snapshots?.stop();
    this.sounds.stop();
    this.snapshots = this.door = undefined;
  }

  private start(): void {
    const { logger, metrics, options, broker, actors } = this.ground;
    const { replica, edits } = this;
    edits.count = 0;
    this.snapshots = actors.spawn(
      `snapshots.${replica.name}.${++turns}`,
      () => new SnapshotActor({ ...options, replica, logger, metrics, edits }),
      { mailboxMax: SNAPSHOTS_WAITING_MAX, restart: SNAPSHOT_RESTARTS },
    );
    const subject = subjectOf('worldSnapshot', { world: replica.name, who: '0' });
    this.door = bindSubject(broker, subject, this.snapshots, SNAPSHOT_PROTOCOL);
    this.sounds.start();
  }
}
