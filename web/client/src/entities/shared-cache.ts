/** Something that is used by several and made once. Give it back with `release`; a second call is harmless. */
export interface Loan<T> {
  readonly value: Promise<T>;
  release(): void;
}

interface Entry<T> {
  value: Promise<T>;
  made: T | undefined;
  hasFailed: boolean;
  size: number;
  users: number;
  /** Rises with each use: the smallest number has been unused longest. */
  usedAt: number;
}

/** How a cache makes and unmakes what it keeps. */
export interface CacheMaker<T> {
  make(key: string): Promise<T>;
  /** In whatever unit `sizeMax` has. */
  sizeOf(value: T): number;
  dispose(value: T): void;
}

/**
 * Things by key, made once for everybody who needs them. What nobody uses is kept while there is room, because people turn
 * round and come back. What failed is made again when it is next asked for after all have given it back.
 */
export class SharedCache<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private size = 0;
  private uses = 0;

  /**
   * @param sizeMax   of everything that is kept; what would not fit beside what is in use fails
   * @param countMax  entries; beyond it, `borrow` fails while all of them are in use
   */
  constructor(
    private readonly maker: CacheMaker<T>,
    private readonly sizeMax: number,
    private readonly countMax: number,
  ) {}

  /** Entries, used or not. */
  get count(): number {
    return this.entries.size;
  }

  /** Size of everything that has been made. */
  get totalSize(): number {
    return this.size;
  }

  borrow(key: string): Loan<T> {
    const entry = this.entries.get(key) ?? this.add(key);
    if (!entry) {
      const value = Promise.reject<T>(new Error('There is too much to show here already.'));
      value.catch(() => undefined);
      return { value, release: () => undefined };
    }
    entry.users++;
    entry.usedAt = ++this.uses;
    let isOut = true;
    return {
      value: entry.value,
      release: () => {
        if (!isOut) return;
        isOut = false;
        this.giveBack(key, entry);
      },
    };
  }

  private add(key: string): Entry<T> | undefined {
    if (this.entries.size >= this.countMax && !this.evictOne()) return undefined;
    const entry: Entry<T> = {
      value: this.maker.make(key).then((value) => this.admit(key, entry, value)),
      made: undefined,
      hasFailed: false,
      size: 0,
      users: 0,
      usedAt: 0,
    };
    this.entries.set(key, entry);
    entry.value.catch(() => {
      entry.hasFailed = true;
      if (entry.users === 0) this.remove(key, entry);
    });
    return entry;
  }

  private admit(key: string, entry: Entry<T>, value: T): T {
    const size = this.maker.sizeOf(value);
    const isKept = this.entries.get(key) === entry;
    if (isKept) while (this.size + size > this.sizeMax && this.evictOne(entry));
    // A single thing is never too large: its maker has bounds of its own.
    if (!isKept || (this.size > 0 && this.size + size > this.sizeMax)) {
      this.maker.dispose(value);
      throw new Error('There is too much to show here already.');
    }
    entry.made = value;
    entry.size = size;
    this.size += size;
    this.shrink();
    return value;
  }

  private giveBack(key: string, entry: Entry<T>): void {
    entry.users--;
    if (entry.users > 0) return;
    if (entry.hasFailed) this.remove(key, entry);
    else this.shrink();
  }

  private shrink(): void {
    while (this.size > this.sizeMax && this.evictOne());
  }

  private evictOne(spared?: Entry<T>): boolean {
    let oldest: [string, Entry<T>] | undefined;
    for (const pair of this.entries) {
      if (pair[1].users === 0 && pair[1] !== spared && (!oldest || pair[1].usedAt < oldest[1].usedAt)) oldest = pair;
    }
    if (oldest) this.remove(...oldest);
    return oldest !== undefined;
  }

  private remove(key: string, entry: Entry<T>): void {
    if (this.entries.get(key) !== entry) return;
    this.entries.delete(key);
    this.size -= entry.size;
    if (entry.made !== undefined) this.maker.dispose(entry.made);
  }
}
