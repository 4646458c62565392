import type { JetStreamManager } from '@nats-io/jetstream';
import type { ObjectInfo } from '@nats-io/obj';
import type { NatsLogReader } from './nats-log-reader.js';

/** Pieces that belong to no object after this time were left by a writer that died, in ms. */
const ABANDONED_MS = 3_600_000;
/** Writers that died whose pieces are removed at once; the others' turn comes when the bucket is opened again. */
const SWEPT_MAX = 100;

const decoder = new TextDecoder();

/** Removes pieces of objects that were never stored completely: nobody else ever would, and they may be large. */
export async function sweepObjects(
  manager: JetStreamManager,
  reader: NatsLogReader,
  bucket: string,
  nowMs: number,
): Promise<void> {
  const stream = `OBJ_${bucket}`;
  const prefix = `$O.${bucket}.C.`;
  // In this order: pieces are stored before the object that they belong to.
  const { state } = await manager.streams.info(stream, { subjects_filter: `${prefix}>` });
  const owned = new Set<string>();
  for await (const { data } of reader.scan(`$O.${bucket}.M.>`, 1, Infinity)) {
    owned.add(prefix + (JSON.parse(decoder.decode(data)) as ObjectInfo).nuid);
  }
  const orphans = Object.keys(state.subjects ?? {}).filter((subject) => !owned.has(subject));
  for (const subject of orphans.slice(0, SWEPT_MAX)) {
    const newest = await manager.direct.getMessage(stream, { last_by_subj: subject });
    if (newest && nowMs - newest.time.getTime() > ABANDONED_MS)
      await manager.streams.purge(stream, { filter: subject });
  }
}
