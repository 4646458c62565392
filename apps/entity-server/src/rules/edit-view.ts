import type { EntityEdit } from '@app/entities';
import type { EntityId, EntityProperties, SessionId } from '@app/world';
import { growthOf } from './edit-growth.js';

/** What rules need to know of an entity. */
export interface ViewedEntity {
  readonly type: string;
  readonly properties: EntityProperties;
  readonly createdBy: { readonly sessionId: SessionId };
}

/** What rules need to know of a world; an EntityWorld has it. */
export interface ViewedWorld {
  get(id: EntityId): ViewedEntity | undefined;
  childrenOf(id: EntityId): Iterable<EntityId>;
}

/** A world as it is for the next edit of a transaction: with those before it done. */
export class EditView {
  private readonly edited = new Map<EntityId, ViewedEntity | undefined>();
  /** Entities that the transaction has added so far. */
  addedCount = 0;
  /** Bytes that it has added so far; what it has made smaller is not taken off. */
  grownBytes = 0;
  private measuredEdit: EntityEdit | undefined;
  private measuredBytes = 0;

  constructor(
    private readonly world: ViewedWorld,
    private readonly sessionId: SessionId,
  ) {}

  get(id: EntityId): ViewedEntity | undefined {
    return this.edited.has(id) ? this.edited.get(id) : this.world.get(id);
  }

  /** The entity as it would be after the edit; undefined when it is erased or there is none. */
  after(edit: EntityEdit): ViewedEntity | undefined {
    if (edit.kind === 'erase') return undefined;
    if (edit.kind === 'add') {
      return { type: edit.type, properties: edit.properties, createdBy: { sessionId: this.sessionId } };
    }
    const before = this.get(edit.id);
    if (!before) return undefined;
    const properties: Record<string, EntityProperties[string]> = { ...before.properties, ...edit.properties };
    for (const name of edit.removed) delete properties[name];
    return { ...before, properties };
  }

  /** Bytes that the next edit makes the world's properties more, or (below 0) fewer; 0 for erasures. */
  growthOf(edit: EntityEdit): number {
    if (this.measuredEdit !== edit) {
      const before = edit.kind === 'change' ? this.get(edit.id)?.properties : undefined;
      this.measuredBytes = growthOf(edit, before);
      this.measuredEdit = edit;
    }
    return this.measuredBytes;
  }

  /** An edit has been allowed. */
  count(edit: EntityEdit): void {
    if (edit.kind === 'add') this.addedCount++;
    this.grownBytes += Math.max(0, this.growthOf(edit));
  }

  /** Does an edit for those after it. */
  apply(edit: EntityEdit): void {
    this.edited.set(edit.id, this.after(edit));
  }

  /** The entity's children and theirs, as far as the world has them. */
  *descendantsOf(id: EntityId): Iterable<EntityId> {
    const waiting = [...this.world.childrenOf(id)];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      yield next;
      waiting.push(...this.world.childrenOf(next));
    }
  }
}
