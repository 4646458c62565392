/** Deletions that are remembered: an answer that was overtaken by as many is not on its way any more. */
const DELETIONS_MAX = 10_000;

/** What was there before something was learnt. */
export interface LearntBefore<V> {
  value: V | undefined;
  sizeBytes: number;
}

/**
 * The newest that is known of each key, whichever way the news come: an answer to a question may be older than what a watch
 * has told meanwhile, and must not bring back what was deleted.
 */
export class NewestValues<V> {
  readonly values = new Map<string, V>();
  private readonly told = new Map<string, { revision: number; sizeBytes: number }>();
  /** The revision up to which a key's values are old, of keys without one; oldest first. */
  private readonly deletions = new Map<string, number>();

  /**
   * Learns a value, or, of undefined, that the one of this revision and all before it are gone. Returns what was known
   * before; undefined for old news, which change nothing.
   */
  learn(key: string, value: V | undefined, revision: number, sizeBytes: number): LearntBefore<V> | undefined {
    const told = this.told.get(key);
    if (revision < (told?.revision ?? 0) || revision <= (this.deletions.get(key) ?? 0)) return undefined;
    const before = { value: this.values.get(key), sizeBytes: told?.sizeBytes ?? 0 };
    this.deletions.delete(key);
    if (value === undefined) {
      this.values.delete(key);
      this.told.delete(key);
      this.deletions.set(key, revision);
      if (this.deletions.size > DELETIONS_MAX) this.forgetOldestDeletion();
      return before;
    }
    this.values.set(key, value);
    this.told.set(key, { revision, sizeBytes });
    return before;
  }

  private forgetOldestDeletion(): void {
    const [oldest] = this.deletions.keys();
    this.deletions.delete(oldest);
  }
}
