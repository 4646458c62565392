import {
  ASSET_PATHS,
  type ContentHash,
  currentOf,
  type PathForm,
  type PathRecord,
  type PathVersion,
  RecordBucket,
  withVersion,
} from '@app/assets';
import type { Broker } from '@app/broker';
import type { Clock } from '@app/clock';
import { ASSET_PATHS_BYTES_MAX, ASSET_PATHS_TOLD_MAX, type AssetPath } from '@app/world';
import { AssetError } from '../asset-server.errors.js';

/** Decides whether a path that leads somewhere may be led elsewhere; throws when not. */
export type PathGuard = (record: PathRecord | undefined) => void;

/** How many paths there may be, and how many versions of each. */
export interface MapLimits {
  pathsMax: number;
  versionsMax: number;
}

/** Which path leads to which file. */
export class AssetMap {
  private readonly paths: RecordBucket<PathRecord>;

  constructor(
    broker: Broker,
    private readonly clock: Clock,
    private readonly limits: MapLimits,
  ) {
    this.paths = new RecordBucket(broker, clock, ASSET_PATHS);
  }

  /** Resolves when everything that is there is known. */
  start(): Promise<void> {
    return this.paths.start();
  }

  stop(): void {
    this.paths.stop();
  }

  get size(): number {
    return this.paths.known.size;
  }

  /** What a path leads to, as all asset-servers agree at this moment. */
  get(path: AssetPath): Promise<PathRecord | undefined> {
    return this.paths.read(path);
  }

  /** Paths that begin with a text, sorted, at most ASSET_PATHS_TOLD_MAX of them. */
  list(prefix: string): Array<{ path: AssetPath; version: PathVersion }> {
    return [...this.paths.known]
      .filter(([path]) => path.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, ASSET_PATHS_TOLD_MAX)
      .map(([path, record]) => ({ path, version: currentOf(record) }));
  }

  /** Whether some path leads, or could be rolled back, to a file. */
  leadsTo(hash: ContentHash): boolean {
    for (const { versions } of this.paths.known.values())
      if (versions.some((version) => version.hash === hash)) return true;
    return false;
  }

  /** Leads a path to a file. Doing so again changes nothing. Fails with `asset-paths-full`, and as the guard does. */
  put(
    path: AssetPath,
    target: { hash: ContentHash; form: PathForm; by: string },
    guard: PathGuard,
  ): Promise<PathRecord> {
    return this.change(path, (record) => {
      guard(record);
      const now = record && currentOf(record);
      if (record && now?.hash === target.hash && now.form === target.form) return record;
      this.checkRoom(record);
      return withVersion(record, { ...target, atMs: this.clock.wallMs() }, this.limits.versionsMax);
    });
  }

  /** Leads a path again to where it led in an earlier version. */
  rollback(path: AssetPath, version: number, by: string, guard: PathGuard): Promise<PathRecord> {
    return this.change(path, (record) => {
      guard(record);
      if (!record) throw unknownPath();
      const earlier = record.versions.find((candidate) => candidate.version === version);
      if (!earlier) throw new AssetError('asset-version-unknown', 'This version of the path is not kept any more.');
      const { hash, form } = earlier;
      this.checkRoom(record);
      return withVersion(record, { hash, form, by, atMs: this.clock.wallMs() }, this.limits.versionsMax);
    });
  }

  /** Forgets a path and its versions; the files stay. */
  async delete(path: AssetPath, guard: PathGuard): Promise<void> {
    await this.paths.change(path, (record) => {
      if (!record) throw unknownPath();
      guard(record);
      return undefined;
    });
  }

  private async change(path: AssetPath, decide: (record: PathRecord | undefined) => PathRecord): Promise<PathRecord> {
    let decided: PathRecord | undefined;
    await this.paths.change(path, (record) => (decided = decide(record)));
    return decided as PathRecord;
  }

  private checkRoom(record: PathRecord | undefined): void {
    const isFull = !record && this.size >= this.limits.pathsMax;
    // A path whose versions are all there gets no larger by one more.
    const isLarger = !record || record.versions.length < this.limits.versionsMax;
    if (!isFull && !(isLarger && this.paths.sizeBytes >= ASSET_PATHS_BYTES_MAX)) return;
    throw new AssetError('asset-paths-full', 'There is no room for more names of files. Delete some first.');
  }
}

/** What is told about a path that leads nowhere. */
export function unknownPath(): AssetError {
  return new AssetError('asset-path-unknown', 'There is no file under this path.');
}
