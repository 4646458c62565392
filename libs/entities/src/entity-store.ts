import type { EntityId } from '@app/world';
import type { Entity, EntityChange } from './entity.js';
import { FamilyTree } from './family-tree.js';
import { parentOf } from './parent.js';
import { StateHash } from './state-hash.js';

/** What an entity was before something was put in its place. */
interface Undo {
  readonly id: EntityId;
  readonly before: Entity | undefined;
}

/**
 * Entities by id, who hangs on whom, and their hash. There is one way to change anything, `put`, and each use of it can be
 * taken back; so whatever is tried leaves no trace when it fails.
 */
export class EntityStore {
  readonly family = new FamilyTree();
  private readonly entities = new Map<EntityId, Entity>();
  private readonly undo: Undo[] = [];

  constructor(readonly stateHash: StateHash = new StateHash()) {}

  /** A store of entities that fit together, whose hash is known. */
  static of(entities: readonly Entity[], hash: Uint8Array): EntityStore {
    const store = new EntityStore(new StateHash(hash));
    for (const entity of entities) {
      store.entities.set(entity.id, entity);
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

  /** Makes an entity what it shall be; undefined erases it. Its parent must be there, and be no descendant. */
  put(id: EntityId, after: Entity | undefined): void {
    const before = this.entities.get(id);
    if (before === after) return;
    this.undo.push({ id, before });
    this.set(id, before, after);
  }

  /** A place to go back to, until `forgetUndo`. */
  mark(): number {
    return this.undo.length;
  }

  /** Takes back everything since a mark. */
  rollBack(mark: number): void {
    while (this.undo.length > mark) {
      const { id, before } = this.undo.pop() as Undo;
      this.set(id, this.entities.get(id), before);
    }
  }

  /** What has become of entities since a mark: each once, in the order in which they were first touched. */
  changesSince(mark: number): EntityChange[] {
    if (this.undo.length === mark + 1) return this.changeOf(this.undo[mark]);
    const first = new Map<EntityId, Undo>();
    for (let i = mark; i < this.undo.length; i++) {
      if (!first.has(this.undo[i].id)) first.set(this.undo[i].id, this.undo[i]);
    }
    return [...first.values()].flatMap((undo) => this.changeOf(undo));
  }

  /** What was done stays. */
  forgetUndo(): void {
    this.undo.length = 0;
  }

  private changeOf({ id, before }: Undo): EntityChange[] {
    const after = this.entities.get(id);
    return before === after ? [] : [{ id, before, after }];
  }

  private set(id: EntityId, before: Entity | undefined, after: Entity | undefined): void {
    this.family.move(id, after && parentOf(after.properties));
    if (after) this.entities.set(id, after);
    else this.entities.delete(id);
    this.stateHash.note(id, before, after);
  }
}
