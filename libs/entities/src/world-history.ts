import { CodedError } from '@app/world';
import { EntityError } from './entities.errors.js';
import { EntityWorld } from './entity-world.js';
import { applyLogEntry, type WorldLogEntry } from './log-entry.js';
import { decodeSnapshot } from './snapshot-codec.js';

/** What is needed of a log; a Stream of libs/broker fits. */
export interface HistoryLog {
  state(): Promise<{ firstSequence: number; lastSequence: number }>;
  scan(pattern: string, fromSequence: number, toSequence: number): AsyncIterable<WorldLogEntry>;
  sequenceAt(timeMs: number): Promise<number>;
}

/** What is known of a snapshot without reading it. */
export interface HistorySnapshotInfo {
  readonly sequence: number;
}

/** What is needed of a place of snapshots; a SnapshotStore of libs/journal fits. */
export interface HistorySnapshots<Info extends HistorySnapshotInfo> {
  newestAtOrBefore(sequence: number): Promise<Info | undefined>;
  open(info: Info): AsyncIterable<Uint8Array>;
  list(): Promise<Info[]>;
}

/** Where a world's past is; a WorldJournal fits. */
export interface WorldHistory<Info extends HistorySnapshotInfo = HistorySnapshotInfo> {
  readonly stream: HistoryLog;
  /** Pattern of the subjects of the world's records, for example `vw.plaza.entity.log.*`. */
  readonly subjects: { readonly log: string };
  readonly snapshots: HistorySnapshots<Info>;
}

/** A moment of a world: a place in its log, or a time in ms since 1970-01-01 UTC. */
export type WorldMoment = { readonly sequence: number } | { readonly timeMs: number };

/** Why a snapshot cannot be used, whatever the network does. */
const UNUSABLE: ReadonlySet<string> = new Set(['snapshot-corrupt', 'broker-object-corrupt', 'journal-gone']);

/**
 * The world as it was: from the newest good snapshot at or before that moment, and the log from there. Moments behind the
 * end are the end. Fails with `history-gone` when the log does not go back far enough, or has a gap.
 */
export async function openWorldAt<Info extends HistorySnapshotInfo>(
  history: WorldHistory<Info>,
  moment: WorldMoment,
): Promise<EntityWorld> {
  const { firstSequence, lastSequence } = await history.stream.state();
  const wanted = 'sequence' in moment ? moment.sequence : await history.stream.sequenceAt(moment.timeMs);
  const toSequence = Math.min(wanted, lastSequence);
  const world = await newestSnapshot(history, toSequence);
  if (world.lastSequence < toSequence && world.lastSequence + 1 < firstSequence) {
    throw gone(`The log goes back to ${firstSequence} only.`);
  }
  for await (const entry of readLog(history, world.lastSequence + 1, toSequence)) applyLogEntry(world, entry);
  return world;
}

/** The log of a world, in order and without gaps. Fails with `history-gone` when a part is missing. */
export async function* readLog(
  history: Pick<WorldHistory, 'stream' | 'subjects'>,
  fromSequence: number,
  toSequence: number,
): AsyncIterable<WorldLogEntry> {
  if (fromSequence > toSequence) return;
  let next = fromSequence;
  for await (const entry of history.stream.scan(history.subjects.log, fromSequence, toSequence)) {
    if (entry.sequence !== next) throw gone(`The log has nothing at ${next}.`);
    next++;
    yield entry;
  }
  if (next <= toSequence) throw gone(`The log ends before ${next}.`);
}

async function newestSnapshot<Info extends HistorySnapshotInfo>(
  { snapshots }: WorldHistory<Info>,
  sequence: number,
): Promise<EntityWorld> {
  for (let at = sequence; at > 0;) {
    const info = await snapshots.newestAtOrBefore(at);
    if (!info) break;
    const world = await openSnapshot(snapshots, info);
    if (world instanceof EntityWorld) return world;
    at = info.sequence - 1;
  }
  return new EntityWorld();
}

/** The world in a snapshot, or why it cannot be used. Fails when it cannot be fetched. */
export async function openSnapshot<Info extends HistorySnapshotInfo>(
  snapshots: Pick<HistorySnapshots<Info>, 'open'>,
  info: Info,
  isThorough = false,
): Promise<EntityWorld | CodedError> {
  try {
    const world = await decodeSnapshot(snapshots.open(info), isThorough);
    if (world.lastSequence === info.sequence) return world;
    return new EntityError('snapshot-corrupt', `The snapshot at ${info.sequence} is of ${world.lastSequence}.`);
  } catch (error) {
    if (error instanceof CodedError && UNUSABLE.has(error.code)) return error;
    throw error;
  }
}

function gone(why: string): EntityError {
  return new EntityError('history-gone', `The world at that moment cannot be told any more. ${why}`);
}
