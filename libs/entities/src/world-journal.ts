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
 * The stream of a world's log, VW_ENTITIES_<WORLD>. Nobody else stores there: its sequence counts the world's records. The
 * broker keeps everything: what may go only whoever knows the snapshots can say.
 */
export function worldStreamOptions(world: string): StreamOptions {
  const { log, out } = worldLogSubjects(world);
  return {
    name: `VW_ENTITIES_${world.toUpperCase()}`,
    subjects: [log],
    republish: { from: log, to: out },
  };
}

/**
 * Opens a world's journal; makes it if need be. Fails with a BrokerError while storage is away.
 *
 * @param isKeeper  for entity-servers: a log that is there gets the options of this version; default: it stays as it is
 */
export async function openWorldJournal(broker: Broker, world: string, isKeeper = false): Promise<WorldJournal> {
  const stream = await broker.stream({ ...worldStreamOptions(world), isAsItIs: !isKeeper });
  const snapshots = new SnapshotStore(await broker.objectStore(SNAPSHOTS_BUCKET), world);
  return { stream, subjects: worldLogSubjects(world), snapshots };
}
