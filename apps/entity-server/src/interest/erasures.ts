import { entityIdToBytes } from '@app/wire';
import type { EntitySlots } from './entity-slots.js';
import type { Viewer } from './viewer.js';

/** A viewer to whom so many ids of erased entities have not been told, because its connection is held, begins anew. */
const UNTOLD_MAX = 32_768;

/**
 * Entities that the world has no more, while viewers are told one after the other: one edit erases a tree of any size, for
 * every viewer. Until its turn comes an entity keeps its slot.
 */
export class Erasures {
  /** Oldest first: children come before their parents. */
  private readonly slots = new Set<number>();

  /** @param forget  called for each whose turn has come, when viewers know and while the table still has it */
  constructor(
    private readonly table: EntitySlots,
    private readonly forget: (slot: number) => void,
  ) {}

  get size(): number {
    return this.slots.size;
  }

  /** The id is there again before its turn came: viewers see that it has changed. False when it was not erased. */
  cancel(slot: number): boolean {
    return this.slots.delete(slot);
  }

  push(slot: number): void {
    this.slots.add(slot);
  }

  clear(): void {
    this.slots.clear();
  }

  /** Finishes up to `countMax` of them, oldest first. `sequence` is for viewers who begin anew, see Viewer. */
  work(countMax: number, viewers: Iterable<Viewer>, sequence: number): void {
    let left = countMax;
    for (const slot of this.slots) {
      if (left-- <= 0) break;
      this.finish(slot, viewers);
    }
    for (const viewer of viewers) if (viewer.erased.size > UNTOLD_MAX) viewer.restart(sequence);
  }

  private finish(slot: number, viewers: Iterable<Viewer>): void {
    this.slots.delete(slot);
    const entity = this.table.entities[slot];
    if (!entity) return;
    const { id } = entity;
    const idBytes = entityIdToBytes(id);
    for (const viewer of viewers) viewer.noteErased(slot, id, idBytes);
    this.forget(slot);
  }
}
