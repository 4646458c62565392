import type { KeyValueEntry } from './broker.js';

/** What a watcher is told. */
export type KeyValueChange = { key: string; value: Uint8Array | undefined; revision: number };

/**
 * What one watcher of a bucket has been told so far. After a broken connection the bucket is read again from the start;
 * this decides what of it is news, so that a watcher sees each state once, and learns of keys that vanished meanwhile.
 */
export class WatchView {
  /** Revision by key, of keys that the watcher believes to be there. As large as the bucket. */
  private readonly known = new Map<string, number>();
  private seenInSnapshot: Set<string> | undefined;

  constructor(private readonly listener: (change: KeyValueChange) => void) {}

  /** Present entries follow: first of all, or again after the connection came back. */
  beginSnapshot(): void {
    this.seenInSnapshot = new Set();
  }

  /** A present entry or a change, in the bucket's order; `value` is undefined for a deletion. */
  accept(key: string, value: Uint8Array | undefined, revision: number): void {
    if (value === undefined) {
      if (!this.known.delete(key)) return;
    } else {
      this.seenInSnapshot?.add(key);
      if (this.known.get(key) === revision) return;
      this.known.set(key, revision);
    }
    this.listener({ key, value, revision });
  }

  /** The present entries are complete: known keys that were not among them are gone. */
  endSnapshot(): void {
    const seen = this.seenInSnapshot;
    this.seenInSnapshot = undefined;
    if (!seen) return;
    for (const [key, revision] of [...this.known]) {
      if (seen.has(key)) continue;
      this.known.delete(key);
      this.listener({ key, value: undefined, revision });
    }
  }

  /** The same for a bucket whose entries are all at hand. */
  replace(entries: Iterable<KeyValueEntry>): void {
    this.beginSnapshot();
    for (const { key, value, revision } of entries) this.accept(key, value, revision);
    this.endSnapshot();
  }
}
