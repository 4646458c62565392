import type { Subscription } from '@app/broker';
import type { EntityChange } from '@app/entities';
import { SoundDuty } from './duties/sound-duty.js';
import type { OpenWorld } from './open-world.js';
import { serveSnapshots } from './snapshots/snapshot-door.js';
import { SnapshotDuty } from './snapshots/snapshot-duty.js';
import type { WorldGround } from './world.actor.js';

/** What the writer of a world's first shard does for the world: snapshots, and telling mixers about sounds. */
export class FirstShardDuties {
  private snapshots: SnapshotDuty | undefined;
  private readonly sounds: SoundDuty;
  private door: Subscription | undefined;

  constructor(
    private readonly world: OpenWorld,
    private readonly ground: WorldGround,
  ) {
    this.sounds = new SoundDuty(world.replica.name, world.replica.world, ground);
  }

  /** This process has become, or is no longer, the writer of the first shard. */
  setActive(isActive: boolean): void {
    this.stop();
    if (isActive) this.start();
  }

  /** What a record has changed. */
  handleRecord(changes: readonly EntityChange[], transactions: number): void {
    this.snapshots?.noteEdits(transactions);
    this.sounds.handleChanges(changes);
  }

  /** A second call is harmless. */
  stop(): void {
    this.door?.unsubscribe();
    this.snapshots?.stop();
    this.sounds.stop();
    this.snapshots = this.door = undefined;
  }

  private start(): void {
    const { clock, logger, metrics, options, broker } = this.ground;
    const { replica } = this.world;
    const { tiers, snapshotAfterEdits: afterEdits } = options;
    this.snapshots = new SnapshotDuty(replica, { clock, logger, metrics, tiers, afterEdits });
    this.snapshots.start();
    this.door = serveSnapshots(broker, replica.name, this.snapshots);
    this.sounds.start();
  }
}
