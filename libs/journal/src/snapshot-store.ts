import { type ObjectInfo, type ObjectStore } from '@app/broker';
import { JournalError } from './journal.errors.js';
import { decodeSnapshotMeta, encodeSnapshotMeta, type SnapshotInfo, type SnapshotMeta } from './snapshot-meta.js';

/** Digits of a sequence in a snapshot's name, so that names sort as their places do. */
const SEQUENCE_DIGITS = 16;

/** Snapshots of one world, by their place in its log. */
export class SnapshotStore {
  constructor(
    private readonly objects: ObjectStore,
    private readonly world: string,
  ) {}

  /** Stores the world as it is after `sequence`; replaces one of the same place. `chunks` is read once. */
  async put(
    sequence: number,
    chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    meta: SnapshotMeta,
  ): Promise<SnapshotInfo> {
    const name = this.nameOf(sequence);
    const { sizeBytes } = await this.objects.put(name, each(chunks), encodeSnapshotMeta(meta));
    return { ...meta, sequence, sizeBytes, storedAtMs: meta.madeAtMs };
  }

  /** All snapshots, oldest first. Ones whose metadata cannot be read are left out. */
  async list(): Promise<SnapshotInfo[]> {
    const objects = await this.objects.list(`${this.world}/`);
    return objects.map((object) => this.infoOf(object)).filter((info) => info !== undefined);
  }

  /** The one to begin with when the state at a place is wanted. */
  async newestAtOrBefore(sequence: number): Promise<SnapshotInfo | undefined> {
    return (await this.list()).findLast((info) => info.sequence <= sequence);
  }

  /** Its bytes; ends with `broker-object-corrupt` when they are not what was stored, `journal-gone` when it was deleted. */
  async *open(info: SnapshotInfo): AsyncGenerator<Uint8Array> {
    const found = await this.objects.get(this.nameOf(info.sequence));
    if (!found) throw new JournalError('journal-gone', `The snapshot at ${info.sequence} was deleted.`);
    yield* found.data;
  }

  /** Replaces the metadata, for example when a snapshot is kept for another reason; false when it was deleted. */
  describe(info: SnapshotInfo, meta: SnapshotMeta): Promise<boolean> {
    return this.objects.describe(this.nameOf(info.sequence), encodeSnapshotMeta(meta));
  }

  /** One that is not there is no error. */
  delete(info: SnapshotInfo): Promise<void> {
    return this.objects.delete(this.nameOf(info.sequence));
  }

  private nameOf(sequence: number): string {
    return `${this.world}/${String(sequence).padStart(SEQUENCE_DIGITS, '0')}`;
  }

  private infoOf({ name, sizeBytes, storedAtMs, metadata }: ObjectInfo): SnapshotInfo | undefined {
    const digits = name.slice(this.world.length + 1);
    const meta = /^\d{16}$/.test(digits) ? decodeSnapshotMeta(metadata) : undefined;
    return meta && { ...meta, sequence: Number(digits), sizeBytes, storedAtMs };
  }
}

async function* each(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
