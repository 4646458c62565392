import { CodedError } from '@app/world';
import { EntityError } from './entities.errors.js';
import { EntityWorld } from './entity-world.js';
import { applyLogEntry, recordOfEntry } from './log-entry.js';
import { type HistorySnapshotInfo, openSnapshot, readLog, type WorldHistory } from './world-history.js';

/** A snapshot that was compared with the log. */
export interface VerifiedSnapshot {
  readonly sequence: number;
  /** What is wrong, as a sentence; absent when it is what the log says. */
  readonly fault?: string;
}

/** What verifying has found. */
export interface VerifyReport {
  /** Where reading began: 0 for the beginning of the world, else the sequence of the oldest usable snapshot. */
  readonly fromSequence: number;
  readonly toSequence: number;
  /** Messages of the log that were read. */
  readonly records: number;
  /** Those of them that are no records. */
  readonly unreadable: number;
  /** Entities at the end. */
  readonly count: number;
  /** Of the state at the end, 32 bytes. */
  readonly hash: Uint8Array;
  /** The world at the end. */
  readonly world: EntityWorld;
  /** Oldest first. */
  readonly snapshots: readonly VerifiedSnapshot[];
}

/**
 * Reads a world from the first event, and compares every snapshot on the way. Fails with `history-gone` when there is
 * neither the beginning of the log nor a snapshot to begin with, or when a part is missing.
 */
export async function verifyWorld<Info extends HistorySnapshotInfo>(
  history: WorldHistory<Info>,
  onProgress: (sequence: number, lastSequence: number) => void = () => undefined,
): Promise<VerifyReport> {
  const { firstSequence, lastSequence } = await history.stream.state();
  const infos = (await history.snapshots.list()).sort((a, b) => a.sequence - b.sequence);
  const verified: VerifiedSnapshot[] = [];
  const world = firstSequence > 1 ? await oldestUsable(history, infos, firstSequence) : new EntityWorld();
  const fromSequence = world.lastSequence;
  let records = 0;
  let unreadable = 0;
  const compareDue = async (): Promise<void> => {
    while (infos.length > 0 && infos[0].sequence <= world.lastSequence) {
      verified.push(await compare(history, infos.shift() as Info, world));
    }
  };
  await compareDue();
  for await (const entry of readLog(history, fromSequence + 1, lastSequence)) {
    records++;
    if (!recordOfEntry(entry)) unreadable++;
    applyLogEntry(world, entry);
    await compareDue();
    if (records % 1_000 === 0) onProgress(entry.sequence, lastSequence);
  }
  onProgress(lastSequence, lastSequence);
  for (const { sequence } of infos) verified.push({ sequence, fault: 'It is of a place behind the end of the log.' });
  const { size: count, lastSequence: toSequence } = world;
  return { fromSequence, toSequence, records, unreadable, count, hash: world.hash(), world, snapshots: verified };
}

async function oldestUsable<Info extends HistorySnapshotInfo>(
  history: WorldHistory<Info>,
  infos: readonly Info[],
  firstSequence: number,
): Promise<EntityWorld> {
  for (const info of infos.filter(({ sequence }) => sequence >= firstSequence - 1)) {
    const world = await openSnapshot(history.snapshots, info);
    if (world instanceof EntityWorld) return world;
  }
  throw new EntityError('history-gone', 'The log has lost its beginning, and there is no snapshot to begin with.');
}

async function compare<Info extends HistorySnapshotInfo>(
  { snapshots }: WorldHistory<Info>,
  info: Info,
  world: EntityWorld,
): Promise<VerifiedSnapshot> {
  const { sequence } = info;
  if (sequence < world.lastSequence) return { sequence, fault: 'The log does not go back to it.' };
  const found = await openSnapshot(snapshots, info, true);
  if (found instanceof CodedError) return { sequence, fault: found.message };
  if (Buffer.compare(found.hash(), world.hash()) === 0) return { sequence };
  return { sequence, fault: 'Its state is not the one that the log leads to.' };
}
