import {
  ASSET_PATHS_BUCKET,
  type AssetPath,
  type ContentHash,
  currentOf,
  decodePathRecord,
  encodePathRecord,
  keyOfPath,
  type PathForm,
  pathOfKey,
  type PathRecord,
  type PathVersion,
  withVersion,
} from '@app/assets';
import { type Broker, BrokerError, type KeyValue, type Subscription } from '@app/broker';
import type { Clock } from '@app/clock';
import { ASSET_PATHS_TOLD_MAX } from '@app/world';
import { AssetError } from '../asset-server.errors.js';

const ATTEMPTS_MAX = 8;

/** Decides whether a path that leads somewhere may be led elsewhere; throws when not. */
export type PathGuard = (record: PathRecord | undefined) => void;

/** Which path leads to which file. Every change is a compare-and-set, so that of two at once neither is lost. */
export class AssetMap {
  private readonly known = new Map<AssetPath, PathRecord>();
  private bucket: KeyValue | undefined;
  private watching: Subscription | undefined;

  constructor(
    private readonly broker: Broker,
    private readonly clock: Clock,
    private readonly versionsMax: number,
  ) {}

  /** Resolves when everything that is there is known. */
  async start(): Promise<void> {
    this.bucket = await this.broker.keyValue(ASSET_PATHS_BUCKET);
    this.watching = await this.bucket.watch(({ key, value }) => {
      const path = pathOfKey(key);
      const record = value && decodePathRecord(value);
      if (path && record) this.known.set(path, record);
      else if (path) this.known.delete(path);
    });
  }

  stop(): void {
    this.watching?.unsubscribe();
  }

  get size(): number {
    return this.known.size;
  }

  /** What a path leads to, as all asset-servers agree at this moment. */
  async get(path: AssetPath): Promise<PathRecord | undefined> {
    return (await this.read(path)).record;
  }

  /** Paths that begin with a text, sorted, at most ASSET_PATHS_TOLD_MAX of them. */
  list(prefix: string): Array<{ path: AssetPath; version: PathVersion }> {
    return [...this.known]
      .filter(([path]) => path.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, ASSET_PATHS_TOLD_MAX)
      .map(([path, record]) => ({ path, version: currentOf(record) }));
  }

  /** Whether some path leads, or could be rolled back, to a file. */
  leadsTo(hash: ContentHash): boolean {
    for (const { versions } of this.known.values()) if (versions.some((version) => version.hash === hash)) return true;
    return false;
  }

  /** Leads a path to a file. Doing so again changes nothing. */
  put(
    path: AssetPath,
    target: { hash: ContentHash; form: PathForm; by: string },
    guard: PathGuard,
  ): Promise<PathRecord> {
    return this.change(path, (record) => {
      guard(record);
      const now = record && currentOf(record);
      if (now?.hash === target.hash && now.form === target.form) return record as PathRecord;
      return withVersion(record, { ...target, atMs: this.clock.wallMs() }, this.versionsMax);
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
      return withVersion(record, { hash, form, by, atMs: this.clock.wallMs() }, this.versionsMax);
    });
  }

  /** Forgets a path and its versions; the files stay. */
  async delete(path: AssetPath, guard: PathGuard): Promise<void> {
    const { record } = await this.read(path);
    if (!record) throw unknownPath();
    guard(record);
    await this.ask((bucket) => bucket.delete(keyOfPath(path)));
    this.known.delete(path);
  }

  private async change(path: AssetPath, decide: (record: PathRecord | undefined) => PathRecord): Promise<PathRecord> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const { record, revision } = await this.read(path);
      const changed = decide(record);
      if (changed === record) return changed;
      const bytes = encodePathRecord(changed);
      try {
        const key = keyOfPath(path);
        await this.ask((bucket) => (revision === 0 ? bucket.create(key, bytes) : bucket.update(key, bytes, revision)));
        this.known.set(path, changed);
        return changed;
      } catch (error) {
        if (!(error instanceof BrokerError)) throw error;
      }
    }
    throw new AssetError('asset-path-changed', 'Somebody else changes this path at the same time.');
  }

  private async read(path: AssetPath): Promise<{ record: PathRecord | undefined; revision: number }> {
    const entry = await this.ask((bucket) => bucket.get(keyOfPath(path)));
    return { record: entry && decodePathRecord(entry.value), revision: entry?.revision ?? 0 };
  }

  /** Lost races come out as BrokerError, everything else as what callers are told. */
  private async ask<T>(request: (bucket: KeyValue) => Promise<T>): Promise<T> {
    try {
      if (!this.bucket) throw new AssetError('asset-store-unavailable', 'The asset-server is still starting.');
      return await request(this.bucket);
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      if (error.code === 'broker-key-exists' || error.code === 'broker-revision-conflict') throw error;
      throw new AssetError('asset-store-unavailable', 'The list of paths does not answer.', { cause: error });
    }
  }
}

/** What is told about a path that leads nowhere. */
export function unknownPath(): AssetError {
  return new AssetError('asset-path-unknown', 'There is no file under this path.');
}
