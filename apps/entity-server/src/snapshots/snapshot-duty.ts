import type { Clock, Timer } from '@app/clock';
import type { SnapshotInfo, SnapshotStore } from '@app/journal';
import type { Logger } from '@app/runtime';
import type { EntityServerMetrics } from '../entity-server.metrics.js';
import type { WorldReplica } from '../world-replica.js';
import { SnapshotMaker } from './snapshot-maker.js';
import { dueTiers, obsoleteSnapshots, type SnapshotTier } from './snapshot-schedule.js';

/** How often it is looked whether a snapshot is due, in ms. */
const LOOK_INTERVAL_MS = 10_000;
/** How often it is looked whether there were enough edits for one, in ms. */
const EDITS_INTERVAL_MS = 1_000;
/** Pause after one has failed, in ms. */
const RETRY_MS = 30_000;

/** What the duty stands on. */
export interface SnapshotGround {
  clock: Clock;
  logger: Logger;
  metrics: EntityServerMetrics;
  tiers: readonly SnapshotTier[];
  /** Edits after which one is made in any case. */
  afterEdits: number;
}

/** Keeps a world's snapshots: the rolling ones, those after many edits, and those that somebody asks for. */
export class SnapshotDuty {
  private readonly maker: SnapshotMaker;
  private readonly store: SnapshotStore;
  private readonly timers: Timer[] = [];
  private known: SnapshotInfo[] | undefined;
  private editsSince = 0;
  private notBeforeMs = 0;
  private isLooking = false;
  private isStopped = false;

  constructor(
    private readonly replica: WorldReplica,
    private readonly ground: SnapshotGround,
  ) {
    this.store = replica.journal.snapshots;
    this.maker = new SnapshotMaker(replica.world, this.store, ground.clock);
  }

  start(): void {
    const { clock } = this.ground;
    this.timers.push(clock.every(LOOK_INTERVAL_MS, () => void this.look(true)));
    this.timers.push(clock.every(EDITS_INTERVAL_MS, () => void this.look(false)));
    void this.look(true);
  }

  /** What is being made is finished, if the process lives as long. A second call is harmless. */
  stop(): void {
    this.isStopped = true;
    for (const timer of this.timers.splice(0)) timer.cancel();
  }

  /** Makes one now, kept until somebody deletes it if it has a name. Fails as SnapshotMaker does. */
  async makeNow(label: string): Promise<SnapshotInfo> {
    return this.make({ tiers: [], ...(label ? { label } : {}) });
  }

  /** Edits that were done since the newest snapshot; about, after a change of owner. */
  noteEdits(count: number): void {
    this.editsSince += count;
  }

  private async look(isForTiers: boolean): Promise<void> {
    const { clock, afterEdits, logger, metrics } = this.ground;
    if (this.isLooking || this.maker.isBusy || clock.nowMs() < this.notBeforeMs) return;
    if (!isForTiers && this.editsSince < afterEdits) return;
    this.isLooking = true;
    try {
      await this.makeDue();
    } catch (error) {
      if (this.isStopped) return;
      this.notBeforeMs = clock.nowMs() + RETRY_MS;
      metrics.snapshots.inc(1, { result: 'failed' });
      logger.warn({ err: error, world: this.replica.name }, 'A snapshot could not be made; trying again.');
    } finally {
      this.isLooking = false;
    }
  }

  private async makeDue(): Promise<void> {
    this.known ??= await this.store.list();
    const { clock, tiers, afterEdits } = this.ground;
    const due = dueTiers(tiers, this.known, clock.wallMs()).map(({ name }) => name);
    const newest = this.known.at(-1);
    // The first look after a change of owner knows nothing of earlier edits but how many records there were.
    const isUnchanged = newest ? newest.sequence >= this.replica.world.lastSequence : this.replica.world.size === 0;
    if (isUnchanged) return this.keepFor(newest, due);
    if (due.length > 0 || this.editsSince >= afterEdits) await this.make({ tiers: due });
  }

  /** Nothing has changed since the newest one: it counts for the tiers that are due, too. */
  private async keepFor(newest: SnapshotInfo | undefined, due: readonly string[]): Promise<void> {
    const missing = due.filter((name) => !newest?.tiers.includes(name));
    if (!newest || missing.length === 0) return;
    const meta = { ...newest, tiers: [...newest.tiers, ...missing] };
    if (await this.store.describe(newest, meta)) this.known = undefined;
  }

  private async make(reason: { label?: string; tiers: readonly string[] }): Promise<SnapshotInfo> {
    const { clock, metrics } = this.ground;
    const startMs = clock.nowMs();
    this.editsSince = 0;
    const info = await this.maker.make(reason);
    metrics.snapshots.inc(1, { result: 'made' });
    metrics.snapshotMs.set(clock.nowMs() - startMs, { world: this.replica.name });
    this.known = undefined;
    await this.deleteObsolete();
    return info;
  }

  private async deleteObsolete(): Promise<void> {
    const all = await this.store.list();
    const obsolete = obsoleteSnapshots(this.ground.tiers, all);
    for (const info of obsolete) await this.store.delete(info);
    this.known = all.filter((info) => !obsolete.includes(info));
  }
}
