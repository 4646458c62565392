import type { EntityId } from '@app/world';
import type { Entity, EntityChange } from './entity.js';
import { FamilyTree } from './family-tree.js';
import { parentOf } from './parent.js';
import { StateHash } from './state-hash.js';

/**
 * Entities by id, who hangs on whom, and their hash. There is one way to change anything, `put`, and each use of it can be
 * taken back; so whatever is tried leaves no trace when it fails.
 */
export class EntityStore {
  readonly family = new FamilyTree();
  private readonly entities = new Map<EntityId, Entity>();
  /** What was put, oldest first. */
  private readonly undo: EntityChange[] = [];

  constructor(readonly stateHash: StateHash = new StateHash()) {}

  /** A store of entities that fit together, whose hash is known. */
  static of(entities: readonly Entity[], hash: Uint8Array): EntityStore {
    const store = new EntityStore(new StateHash(hash));
    for (const entity of entities) {
      store.entities.set(entity.id, entity);
      store.family.setLocked(entity.id, isLocked(entity));
      store.family.move(entity.id, parentOf(entity.properties));
    }
    return store;
  }

  get size(): number {
    return this.entities.size;
  }

  get(id: EntityId): Entity | undefined {
    return this.entities.get(id);
  }

  values(): IterableIterator<Entity> {
    return this.entities.values();
  }

  /**
   * Makes an entity what it shall be; undefined erases it. Its parent must be there, and be no descendant.
   *
   * @param before  what it is now, for those who know
   */
  put(id: EntityId, after: Entity | undefined, before: Entity | undefined = this.entities.get(id)): void {
    if (before === after) return;
    this.undo.push({ id, before, after });
    this.set(id, before, after);
  }

  /** A place to go back to, until `commit`. */
  mark(): number {
    return this.undo.length;
  }

  /** Takes back everything, and tells what it was, oldest first. */
  takeBack(): EntityChange[] {
    const puts = this.undo.slice();
    this.rollBack(0);
    return puts;
  }

  /** Takes back everything since a mark. */
  rollBack(mark: number): void {
    while (this.undo.length > mark) {
      const { id, before, after } = this.undo.pop() as EntityChange;
      this.set(id, after, before);
    }
  }

  /** What has become of entities since a mark: each once, in the order in which they were first touched. */
  changesSince(mark: number): EntityChange[] {
    if (this.undo.length === mark + 1) return [this.undo[mark]];
    const byId = new Map<EntityId, EntityChange>();
    for (let i = mark; i < this.undo.length; i++) {
      const { id, after } = this.undo[i];
      const first = byId.get(id);
      byId.set(id, first ? { id, before: first.before, after } : this.undo[i]);
    }
    return [...byId.values()].filter(({ before, after }) => before !== after);
  }

  /** What was done stays, and counts for the hash. */
  commit(): void {
    for (const { id, before, after } of this.undo) this.stateHash.note(id, before, after);
    this.undo.length = 0;
  }

  private set(id: EntityId, before: Entity | undefined, after: Entity | undefined): void {
    this.family.setLocked(id, after !== undefined && isLocked(after));
    const parent = after && parentOf(after.properties);
    if (parent !== (before && parentOf(before.properties))) this.family.move(id, parent);
    if (after) this.entities.set(id, after);
    else this.entities.delete(id);
  }
}

function isLocked({ properties }: Entity): boolean {
  return properties.locked === true;
}
