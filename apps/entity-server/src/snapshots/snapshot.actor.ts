import type { ActorContext, Behavior, RestartPolicy } from '@app/actor';
import type { Timer } from '@app/clock';
import { EntityError } from '@app/entities';
import type { SnapshotInfo, SnapshotStore } from '@app/journal';
import type { Logger } from '@app/runtime';
import { CodedError, EDIT_RESULTS_REMEMBERED_MIN } from '@app/world';
import type { EntityServerMetrics } from '../entity-server.metrics.js';
import type { WorldReplica } from '../world-replica.js';
import { extentOf, type HistoryOptions, planTrim } from './history-trim.js';
import { makeSnapshot, type SnapshotReason } from './snapshot-maker.js';
import type { SnapshotAnswer, SnapshotOrder } from './snapshot-protocol.js';
import { dueTiers, obsoleteSnapshots, type SnapshotTier } from './snapshot-schedule.js';

/** How often it is looked whether a snapshot is due, in ms. */
const LOOK_INTERVAL_MS = 10_000;
/** How often it is looked whether there were enough edits for one, in ms. */
const EDITS_INTERVAL_MS = 1_000;
/** How often it is looked whether the log has too much, in ms. */
const TRIM_INTERVAL_MS = 60_000;
/** Pause after one has failed, in ms. */
const RETRY_MS = 30_000;
/** Characters of a snapshot's label. */
const LABEL_CHARACTERS_MAX = 64;

/** A mistake in here costs backups, never edits; it is tried again for as long as this process has the duty. */
export const SNAPSHOT_RESTARTS: RestartPolicy = {
  restartsMax: 1_000,
  windowMs: 3_600_000,
  delayMs: RETRY_MS,
  delayMsMax: 600_000,
};

/** What the duty stands on. */
export interface SnapshotGround extends HistoryOptions {
  replica: WorldReplica;
  logger: Logger;
  metrics: EntityServerMetrics;
  tiers: readonly SnapshotTier[];
  /** Edits after which one is made in any case. */
  snapshotAfterEdits: number;
  /** Edits that were done since the newest snapshot; about, after a change of owner. Counted by the owner, reset here. */
  edits: { count: number };
}

type Context = ActorContext<SnapshotOrder, SnapshotAnswer>;

/**
 * Keeps one world's snapshots, one after the other: the rolling ones, those after many edits, and those that somebody asks
 * for. And its log no longer than it shall be, of which snapshots are the condition.
 */
export class SnapshotActor implements Behavior<SnapshotOrder, SnapshotAnswer> {
  private readonly store: SnapshotStore;
  private readonly timers: Timer[] = [];
  private known: SnapshotInfo[] | undefined;
  private notBeforeMs = 0;

  constructor(private readonly ground: SnapshotGround) {
    this.store = ground.replica.journal.snapshots;
  }

  started({ self, clock }: Context): void {
    const { edits } = this.ground;
    this.timers.push(
      clock.every(LOOK_INTERVAL_MS, () => self.tell({ type: 'look' })),
      clock.every(TRIM_INTERVAL_MS, () => self.tell({ type: 'trim' })),
      clock.every(EDITS_INTERVAL_MS, () => this.isMuch(edits.count) && self.tell({ type: 'look' })),
    );
    self.tell({ type: 'look' });
  }

  stopped(): void {
    for (const timer of this.timers.splice(0)) timer.cancel();
  }

  /** Fails with `snapshot-corrupt` when what was read back is not what was stored, and with a BrokerError. */
  async receive(order: SnapshotOrder, context: Context): Promise<SnapshotAnswer> {
    if (order.type === 'make') return this.makeNow(order.label, context);
    if (order.type === 'look') await this.tryOwn('snapshot', () => this.makeDue(context), context);
    else await this.trim(context);
    return {};
  }

  /** What nobody has asked for is tried again later; only mistakes are the supervisor's. */
  private async tryOwn(what: 'snapshot' | 'trim', work: () => Promise<void>, { clock }: Context): Promise<void> {
    const { metrics, logger, replica } = this.ground;
    if (clock.nowMs() < this.notBeforeMs) return;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.notBeforeMs = clock.nowMs() + RETRY_MS;
      if (what === 'snapshot') metrics.snapshots.inc(1, { result: 'failed' });
      else metrics.trimFailed.inc();
      const text = what === 'snapshot' ? 'A snapshot could not be made' : 'The log could not be shortened';
      logger.warn({ err: error, world: replica.name }, `${text}; trying again.`);
    }
  }

  private async makeNow(label: string, context: Context): Promise<SnapshotAnswer> {
    if (label.length > LABEL_CHARACTERS_MAX) {
      const text = `A label has at most ${LABEL_CHARACTERS_MAX} characters.`;
      throw new EntityError('edit-invalid', text, { field: 'label' });
    }
    const reason: SnapshotReason = { tiers: [], ...(label ? { label } : {}) };
    const { lastSequence } = this.ground.replica.world;
    const same = (await this.store.list()).find((info) => info.sequence === lastSequence);
    const kept = same && (await this.keepFor(same, reason));
    const { sequence, count, sizeBytes } = kept ?? (await this.make(reason, context));
    return { sequence, count, sizeBytes };
  }

  private async makeDue(context: Context): Promise<void> {
    const { tiers, edits, replica } = this.ground;
    const known = await this.list();
    const due = dueTiers(tiers, known, context.clock.wallMs()).map(({ name }) => name);
    const newest = known.at(-1);
    const behind = replica.world.lastSequence - (newest?.sequence ?? 0);
    if (newest ? behind <= 0 : replica.world.size === 0) {
      if (newest && due.length > 0) await this.keepFor(newest, { tiers: due });
      return;
    }
    // After a change of owner the records tell of earlier edits: each has one at least.
    if (due.length > 0 || this.isMuch(Math.max(edits.count, behind))) await this.make({ tiers: due }, context);
  }

  /**
   * Whether so many edits are worth a snapshot. After a burst, most of one is what the world remembers of the last minute: it
   * is written out again only when half of that is new.
   */
  private isMuch(editsCount: number): boolean {
    const { snapshotAfterEdits, replica } = this.ground;
    const burst = replica.world.rememberedCount - EDIT_RESULTS_REMEMBERED_MIN;
    return editsCount >= Math.max(snapshotAfterEdits, burst / 2);
  }

  /** Nothing has changed since a snapshot: it counts for another reason, too. Undefined when it is gone. */
  private async keepFor(info: SnapshotInfo, { label, tiers }: SnapshotReason): Promise<SnapshotInfo | undefined> {
    if (label !== undefined && info.label !== undefined && info.label !== label) {
      const text = `Nothing has changed since the snapshot "${info.label}", which has all there is.`;
      throw new EntityError('edit-invalid', text, { field: 'label' });
    }
    const missing = tiers.filter((name) => !info.tiers.includes(name));
    const name = info.label ?? label;
    if (missing.length === 0 && name === info.label) return info;
    const kept = { ...info, ...(name === undefined ? {} : { label: name }), tiers: [...info.tiers, ...missing] };
    if (!(await this.store.describe(info, kept))) return undefined;
    this.known = undefined;
    return kept;
  }

  private async trim(context: Context): Promise<void> {
    let needsSnapshot = false;
    const shorten = async (): Promise<void> => {
      needsSnapshot = await this.shortenLog(context);
    };
    await this.tryOwn('trim', shorten, context);
    if (needsSnapshot)
      await this.tryOwn('snapshot', async () => void (await this.make({ tiers: [] }, context)), context);
  }

  /** Returns whether a snapshot is what it lacks. */
  private async shortenLog({ clock }: Context): Promise<boolean> {
    const { replica, metrics, historyBytesMax } = this.ground;
    const { stream } = replica.journal;
    const extent = await extentOf(stream, this.ground, clock.wallMs());
    metrics.historyBytes.set(extent.sizeBytes, { world: replica.name });
    const { trimBefore, needsSnapshot } = planTrim(extent, await this.store.list(), historyBytesMax);
    if (trimBefore > 0) await stream.trimBefore(trimBefore);
    return needsSnapshot;
  }

  private async list(): Promise<SnapshotInfo[]> {
    return (this.known ??= await this.store.list());
  }

  private async make(reason: SnapshotReason, { clock }: Context): Promise<SnapshotInfo> {
    const { metrics, replica, edits } = this.ground;
    const startMs = clock.nowMs();
    edits.count = 0;
    const info = await makeSnapshot(replica.world, this.store, clock, reason);
    metrics.snapshots.inc(1, { result: 'made' });
    metrics.snapshotMs.set(clock.nowMs() - startMs, { world: replica.name });
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
