import type { Clock } from '@app/clock';
import { decodeSnapshot, encodeSnapshot, EntityError, type EntityWorld } from '@app/entities';
import type { SnapshotInfo, SnapshotStore } from '@app/journal';

/** Why a snapshot is made. */
export interface SnapshotReason {
  /** What a person calls it. */
  readonly label?: string;
  /** Tiers that it counts for. */
  readonly tiers: readonly string[];
}

/** Entities that are counted into the state's hash in one go: some milliseconds. */
const HASH_COUNT = 500;

/**
 * Makes snapshots of a world while it is edited: entities are never changed, only replaced, so the ones that were there at
 * the beginning can be encoded little by little. What was stored is read back and compared, because a backup that nobody has
 * read is a hope.
 */
export class SnapshotMaker {
  private making: Promise<unknown> | undefined;

  constructor(
    private readonly world: EntityWorld,
    private readonly store: SnapshotStore,
    private readonly clock: Clock,
  ) {}

  /** Whether one is being made. */
  get isBusy(): boolean {
    return this.making !== undefined;
  }

  /**
   * Resolves when the snapshot is stored and has been read back. One at a time: the next waits. Fails with
   * `snapshot-corrupt` when what was read back is not what was stored, and with a BrokerError while storage is away.
   */
  make(reason: SnapshotReason): Promise<SnapshotInfo> {
    const work = (this.making ?? Promise.resolve()).then(() => this.makeNow(reason));
    const settled: Promise<unknown> = work
      .catch(() => undefined)
      .finally(() => {
        if (this.making === settled) this.making = undefined;
      });
    this.making = settled;
    return work;
  }

  private async makeNow({ label, tiers }: SnapshotReason): Promise<SnapshotInfo> {
    while (this.world.settleHash(HASH_COUNT)) await this.breathe();
    // From here to the call of `put` nothing else runs: all of this is about the same moment.
    const { lastSequence, lastWrittenAtMs, size } = this.world;
    const hash = hexOf(this.world.hash());
    const meta = { tiers, madeAtMs: this.clock.wallMs(), writtenAtMs: lastWrittenAtMs, count: size, hash };
    const chunks = encodeSnapshot(this.world);
    const info = await this.store.put(lastSequence, chunks, label ? { ...meta, label } : meta);
    await this.verify(info, hash);
    return info;
  }

  private async verify(info: SnapshotInfo, hash: string): Promise<void> {
    try {
      const world = await decodeSnapshot(this.store.open(info), true);
      if (hexOf(world.hash()) === hash && world.lastSequence === info.sequence) return;
      throw new EntityError('snapshot-corrupt', 'The snapshot holds another world than the one that was stored.');
    } catch (error) {
      if (error instanceof EntityError) await this.store.delete(info);
      throw error;
    }
  }

  /** Lets others go on: edits do not wait for a snapshot. */
  private breathe(): Promise<void> {
    return new Promise((resolve) => this.clock.after(0, resolve));
  }
}

/** Lower-case hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
