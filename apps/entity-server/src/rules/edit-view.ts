import { type EntityEdit, parentOf } from '@app/entities';
import { ENTITY_DEPTH_MAX, type EntityId, type EntityProperties, type SessionId } from '@app/world';
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
  /** How many locked entities hang on an entity, directly or through others. */
  lockedBelow(id: EntityId): number;
}

/** A world as it is for the next edit of a transaction: with those before it done. */
export class EditView {
  private readonly edited = new Map<EntityId, ViewedEntity | undefined>();
  /** How many more locked entities hang on one than the world says; below 0 for fewer. */
  private readonly moreLocked = new Map<EntityId, number>();
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
    const before = this.get(edit.id);
    const after = this.after(edit);
    if (before) this.carry(edit.id, before, -1);
    this.edited.set(edit.id, after);
    if (after) this.carry(edit.id, after, 1);
  }

  /**
   * How many locked entities hang on an entity, directly or through others. Nobody walks through what hangs there: it may be
   * most of the world, and a transaction may ask a thousand times.
   */
  lockedBelow(id: EntityId): number {
    return this.world.lockedBelow(id) + (this.moreLocked.get(id) ?? 0);
  }

  /** An entity, with what hangs on it, comes to its carriers or (-1) leaves them. */
  private carry(id: EntityId, entity: ViewedEntity, sign: 1 | -1): void {
    const count = sign * (this.lockedBelow(id) + Number(entity.properties.locked === true));
    if (count === 0) return;
    let above = parentOf(entity.properties);
    // A circle is refused by the world, but later.
    for (let depth = 0; above !== undefined && depth < ENTITY_DEPTH_MAX; depth++) {
      this.moreLocked.set(above, (this.moreLocked.get(above) ?? 0) + count);
      const carrier = this.get(above);
      above = carrier && parentOf(carrier.properties);
    }
  }
}
