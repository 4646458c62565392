import { type Broker, type Stream, type StreamOptions, subjectOf } from '@app/broker';
import { type LogSubjects, SnapshotStore } from '@app/journal';

/** Bucket of JetStream's object store with the snapshots of all worlds. */
export const SNAPSHOTS_BUCKET = 'VW_SNAPSHOTS';

/** Where a world's log and its snapshots are. */
export interface WorldJournal {
  readonly stream: Stream;
  readonly subjects: LogSubjects;
  readonly snapshots: SnapshotStore;
}

/** What is appended to a world's log, and what its stream republishes. */
export function worldLogSubjects(world: string): LogSubjects {
  return { log: subjectOf('entityLog', { world }), out: subjectOf('entityOut', { world }) };
}

/**
 * The stream of a world's log, VW_ENTITIES_<WORLD>. Nobody else stores there: its sequence counts the world's records.
 *
 * @param ageMsMax  records older than this are forgotten, in ms; 0 keeps everything
 */
export function worldStreamOptions(world: string, ageMsMax = 0): StreamOptions {
  const { log, out } = worldLogSubjects(world);
  return {
    name: `VW_ENTITIES_${world.toUpperCase()}`,
    subjects: [log],
    republish: { from: log, to: out },
    ...(ageMsMax > 0 ? { ageMsMax } : {}),
  };
}

/**
 * Opens a world's journal; makes it if need be. Fails with a BrokerError while storage is away.
 *
 * @param ageMsMax  as in worldStreamOptions, for those who decide it; without it a log that is there stays as it is
 */
export async function openWorldJournal(broker: Broker, world: string, ageMsMax?: number): Promise<WorldJournal> {
  const isAsItIs = ageMsMax === undefined;
  const stream = await broker.stream({ ...worldStreamOptions(world, ageMsMax), isAsItIs });
  const snapshots = new SnapshotStore(await broker.objectStore(SNAPSHOTS_BUCKET), world);
  return { stream, subjects: worldLogSubjects(world), snapshots };
}
