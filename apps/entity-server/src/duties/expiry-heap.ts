import type { EntityId } from '@app/world';

interface Expiry {
  readonly id: EntityId;
  readonly atMs: number;
}

/** Entities by the time at which something is due; the earliest first. The same entity may be in it several times. */
export class ExpiryHeap {
  private readonly heap: Expiry[] = [];

  get size(): number {
    return this.heap.length;
  }

  clear(): void {
    this.heap.length = 0;
  }

  push(id: EntityId, atMs: number): void {
    const { heap } = this;
    const expiry = { id, atMs };
    let index = heap.push(expiry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (heap[parent].atMs <= atMs) break;
      heap[index] = heap[parent];
      index = parent;
    }
    heap[index] = expiry;
  }

  /** The earliest one, if it is due; undefined when none is. */
  popDue(nowMs: number): EntityId | undefined {
    const { heap } = this;
    if (heap.length === 0 || heap[0].atMs > nowMs) return undefined;
    const { id } = heap[0];
    const last = heap.pop() as Expiry;
    if (heap.length > 0) this.sink(last);
    return id;
  }

  private sink(last: Expiry): void {
    const { heap } = this;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1].atMs < heap[child].atMs) child++;
      if (heap[child].atMs >= last.atMs) break;
      heap[index] = heap[child];
      index = child;
    }
    heap[index] = last;
  }
}
