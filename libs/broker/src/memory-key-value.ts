import type { Clock } from '@app/clock';
import type { KeyValue, KeyValueEntry, KeyValueOptions, Subscription } from './broker.js';
import { BrokerError } from './broker.errors.js';
import type { MemoryBroker } from './memory-broker.js';
import { checkKey } from './subject-match.js';
import { type KeyValueChange, WatchView } from './watch-view.js';

/** A bucket as the broker keeps it. */
export class MemoryBucket {
  private readonly entries = new Map<string, KeyValueEntry & { storedMs: number }>();
  private readonly watchers = new Set<(change: KeyValueChange) => void>();
  private revision = 0;
  private ttlMs = Infinity;

  constructor(private readonly clock: Clock) {}

  configure(options: KeyValueOptions): void {
    if (options.ttlMs !== undefined) this.ttlMs = options.ttlMs;
  }

  get(key: string): KeyValueEntry | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if (this.clock.nowMs() - entry.storedMs < this.ttlMs) return entry;
    // Old values vanish without a word to watchers, as they do in JetStream.
    this.entries.delete(key);
    return undefined;
  }

  /** All present entries, in the order in which they were written. */
  all(): KeyValueEntry[] {
    const keys = [...this.entries.keys()];
    const present = keys.map((key) => this.get(key)).filter((entry) => entry !== undefined);
    return present.sort((a, b) => a.revision - b.revision);
  }

  put(key: string, value: Uint8Array): number {
    const revision = ++this.revision;
    this.entries.set(key, { key, value: value.slice(), revision, storedMs: this.clock.nowMs() });
    this.tell({ key, value: value.slice(), revision });
    return revision;
  }

  delete(key: string): void {
    const revision = ++this.revision;
    this.entries.delete(key);
    this.tell({ key, value: undefined, revision });
  }

  addWatcher(watcher: (change: KeyValueChange) => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  private tell(change: KeyValueChange): void {
    for (const watcher of this.watchers) watcher(change);
  }
}

/** A bucket as one process sees it. */
export class MemoryKeyValue implements KeyValue {
  constructor(
    private readonly broker: MemoryBroker,
    private readonly bucket: MemoryBucket,
    private readonly name: string,
  ) {}

  async get(key: string): Promise<KeyValueEntry | undefined> {
    checkKey(key);
    return this.broker.roundTrip(() => {
      const entry = this.bucket.get(key);
      return entry && { key, value: entry.value.slice(), revision: entry.revision };
    });
  }

  async put(key: string, value: Uint8Array): Promise<number> {
    checkKey(key);
    const copy = value.slice();
    return this.broker.roundTrip(() => this.bucket.put(key, copy));
  }

  async create(key: string, value: Uint8Array): Promise<number> {
    checkKey(key);
    const copy = value.slice();
    return this.broker.roundTrip(() => {
      if (!this.bucket.get(key)) return this.bucket.put(key, copy);
      throw new BrokerError('broker-key-exists', `Key ${key} of bucket ${this.name} exists.`);
    });
  }

  async update(key: string, value: Uint8Array, revision: number): Promise<number> {
    checkKey(key);
    const copy = value.slice();
    return this.broker.roundTrip(() => {
      this.checkRevision(key, revision);
      return this.bucket.put(key, copy);
    });
  }

  async delete(key: string, revision?: number): Promise<void> {
    checkKey(key);
    return this.broker.roundTrip(() => {
      if (revision !== undefined) this.checkRevision(key, revision);
      this.bucket.delete(key);
    });
  }

  async watch(listener: (change: KeyValueChange) => void): Promise<Subscription> {
    let isStopped = false;
    const view = new WatchView((change) => {
      if (isStopped) return;
      try {
        listener(change);
      } catch {
        // A listener that fails must not keep others from being told.
      }
    });
    let stopWatcher = (): void => undefined;
    // The snapshot and the changes after it travel the same way, so none overtakes the other.
    const begin = (): void => {
      stopWatcher();
      const entries = this.bucket.all();
      this.broker.receive(() => view.replace(entries));
      stopWatcher = this.bucket.addWatcher(({ key, value, revision }) => {
        this.broker.receive(() => view.accept(key, value?.slice(), revision));
      });
    };
    await this.broker.roundTrip(begin);
    const stopListening = this.broker.onUp(begin);
    return {
      unsubscribe: () => {
        isStopped = true;
        stopListening();
        stopWatcher();
      },
    };
  }

  private checkRevision(key: string, revision: number): void {
    if (revision >= 1 && this.bucket.get(key)?.revision === revision) return;
    const text = `Key ${key} of bucket ${this.name} is not at revision ${revision}.`;
    throw new BrokerError('broker-revision-conflict', text);
  }
}
