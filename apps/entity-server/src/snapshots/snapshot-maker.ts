import { type Clock, pause } from '@app/clock';
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
 * Makes a snapshot of a world while it is edited: entities are never changed, only replaced, so the ones that were there at
 * the beginning can be encoded little by little. What was stored is read back and compared, because a backup that nobody has
 * read is a hope.
 *
 * Resolves when the snapshot is stored and has been read back. Fails with `snapshot-corrupt` when what was read back is not
 * what was stored, and with a BrokerError while storage is away.
 */
export async function makeSnapshot(
  world: EntityWorld,
  store: SnapshotStore,
  clock: Clock,
  { label, tiers }: SnapshotReason,
): Promise<SnapshotInfo> {
  // Lets others go on: edits do not wait for a snapshot.
  while (world.settleHash(HASH_COUNT)) await pause(clock, 0);
  // From here to the call of `put` nothing else runs: all of this is about the same moment.
  const { lastSequence, lastWrittenAtMs, size } = world;
  const hash = hexOf(world.hash());
  const meta = { tiers, madeAtMs: clock.wallMs(), writtenAtMs: lastWrittenAtMs, count: size, hash };
  const info = await store.put(lastSequence, encodeSnapshot(world), label ? { ...meta, label } : meta);
  await verify(store, info, hash);
  return info;
}

async function verify(store: SnapshotStore, info: SnapshotInfo, hash: string): Promise<void> {
  try {
    const world = await decodeSnapshot(store.open(info), true);
    if (hexOf(world.hash()) === hash && world.lastSequence === info.sequence) return;
    throw new EntityError('snapshot-corrupt', 'The snapshot holds another world than the one that was stored.');
  } catch (error) {
    if (error instanceof EntityError) await store.delete(info);
    throw error;
  }
}

/** Lower-case hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
