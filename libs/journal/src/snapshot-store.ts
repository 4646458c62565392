import type { ObjectStore } from '@app/broker';
import type { SnapshotInfo, SnapshotMeta } from './snapshot-meta.js';

/** Snapshots of one world, by their place in its log. */
export class SnapshotStore {
  constructor(
    protected readonly objects: ObjectStore,
    protected readonly world: string,
  ) {}

  /** Stores the world as it is after `sequence`; replaces one of the same place. */
  put(
    _sequence: number,
    _chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    _meta: SnapshotMeta,
  ): Promise<SnapshotInfo> {
    return Promise.reject(new Error('Not there yet.'));
  }

  /** All snapshots, oldest first. Ones whose metadata cannot be read are left out. */
  list(): Promise<SnapshotInfo[]> {
    return Promise.resolve([]);
  }

  newestAtOrBefore(_sequence: number): Promise<SnapshotInfo | undefined> {
    return Promise.resolve(undefined);
  }

  /** Its bytes; ends with `broker-object-corrupt` when they are not what was stored, or were deleted meanwhile. */
  open(_info: SnapshotInfo): AsyncIterable<Uint8Array> {
    throw new Error('Not there yet.');
  }

  /** Replaces the metadata, for example when a snapshot is kept for another reason. */
  describe(_info: SnapshotInfo, _meta: SnapshotMeta): Promise<boolean> {
    return Promise.resolve(false);
  }

  delete(_info: SnapshotInfo): Promise<void> {
    return Promise.resolve();
  }
}
