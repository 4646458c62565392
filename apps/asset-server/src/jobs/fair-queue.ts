/** Work that waits, first come, first served for each owner; owners take turns, so that nobody waits for all of one other's. */
export class FairQueue {
  /** Owners in the order of their turns; none without work. */
  private readonly waiting = new Map<string, Set<string>>();
  private count = 0;

  constructor(
    private readonly itemsMax: number,
    private readonly itemsPerOwnerMax: number,
  ) {}

  get size(): number {
    return this.count;
  }

  /** False for an item too many; one that waits already is none. */
  add(owner: string, item: string): boolean {
    const items = this.waiting.get(owner) ?? new Set<string>();
    if (items.has(item)) return true;
    if (this.count >= this.itemsMax || items.size >= this.itemsPerOwnerMax) return false;
    this.waiting.set(owner, items.add(item));
    this.count++;
    return true;
  }

  /** The next one, of the owner whose turn it is; undefined when nothing waits. */
  take(): string | undefined {
    const [next] = this.waiting;
    if (!next) return undefined;
    const [owner, items] = next;
    const [item] = items;
    items.delete(item);
    this.count--;
    this.waiting.delete(owner);
    if (items.size > 0) this.waiting.set(owner, items);
    return item;
  }

  clear(): void {
    this.waiting.clear();
    this.count = 0;
  }
}
