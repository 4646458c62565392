import { type Broker, BrokerError, type KeyValue, type ObjectStore } from '@app/broker';
import type { Clock } from '@app/clock';
import { createHash } from 'node:crypto';
import { fileNote, keyOfPath, pathNote, pathOfKey, readPath, targetOf } from './asset-notes.js';
import { KeeperError } from './keeper.errors.js';

const FILES = 'VW_ASSETS';
const FILE_NOTES = 'VW_ASSET_FILES';
const PATHS = 'VW_ASSET_PATHS';
const ATTEMPTS_MAX = 8;

/**
 * The domain's assets where the asset-server keeps them by default: in the broker. One that keeps its files elsewhere (a
 * folder, S3) shares the paths with us, but not the bytes.
 */
export class AssetShelf {
  static async open(broker: Broker, clock: Clock): Promise<AssetShelf> {
    const [files, notes, paths] = [broker.objectStore(FILES), broker.keyValue(FILE_NOTES), broker.keyValue(PATHS)];
    return new AssetShelf(await files, await notes, await paths, clock);
  }

  private constructor(
    private readonly files: ObjectStore,
    private readonly notes: KeyValue,
    private readonly pathNotes: KeyValue,
    private readonly clock: Clock,
  ) {}

  /** All paths, with a slash at their beginning, and the hashes that they lead to. */
  async paths(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const watch = await this.pathNotes.watch(({ key, value }) => {
      const path = pathOfKey(key);
      const hash = value && targetOf(value);
      if (path !== undefined && hash !== undefined) found.set(`/${path}`, hash);
    });
    watch.unsubscribe();
    return found;
  }

  /** Whether the bytes of an asset are here. */
  async has(hash: string): Promise<boolean> {
    return (await this.files.info(hash)) !== undefined;
  }

  /** The bytes of an asset, compared with its hash. Fails with `asset-missing`, also when they are damaged. */
  async read(hash: string): Promise<Uint8Array> {
    const found = await this.files.get(hash);
    if (!found) throw new KeeperError('asset-missing', `The bytes of the asset ${hash} are not in the broker.`);
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of found.data) chunks.push(chunk);
    } catch (cause) {
      if (!(cause instanceof BrokerError) || cause.code !== 'broker-object-corrupt') throw cause;
      throw new KeeperError('asset-missing', `The asset ${hash} is damaged.`, { cause });
    }
    const data = Buffer.concat(chunks);
    if (createHash('sha256').update(data).digest('hex') === hash) return data;
    throw new KeeperError('asset-missing', `The asset ${hash} is damaged.`);
  }

  /** Stores an asset under its hash; nothing happens when it is there. */
  async put(hash: string, data: Uint8Array, name: string): Promise<void> {
    if (!(await this.has(hash))) await this.files.put(hash, data);
    try {
      await this.notes.create(hash, fileNote(name, data.length, this.clock.wallMs()));
    } catch (error) {
      if (!(error instanceof BrokerError) || error.code !== 'broker-key-exists') throw error;
    }
  }

  /** Leads a path to an asset; where it led before can be rolled back to. False for a path that nobody can have. */
  async lead(pathText: string, hash: string): Promise<boolean> {
    const path = readPath(pathText);
    if (path === undefined) return false;
    const key = keyOfPath(path);
    for (let attempt = 1; ; attempt++) {
      const entry = await this.pathNotes.get(key);
      if (entry && targetOf(entry.value) === hash) return true;
      const note = pathNote(entry?.value, hash, this.clock.wallMs());
      try {
        await (entry ? this.pathNotes.update(key, note, entry.revision) : this.pathNotes.create(key, note));
        return true;
      } catch (error) {
        const isRace = error instanceof BrokerError && !error.retryable;
        if (!isRace || attempt >= ATTEMPTS_MAX) throw error;
      }
    }
  }
}
