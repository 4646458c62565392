import type { EntityId } from '@app/world';

/** An entity with children. */
interface Family {
  readonly children: Set<EntityId>;
  /** How many children have a tree of this height below them. */
  readonly countByHeight: number[];
  /** Generations below: 1 when no child has children. */
  height: number;
}

const NONE: ReadonlySet<EntityId> = new Set();

/**
 * Who hangs on whom. Every question about depth takes as many steps as there are generations, not as many as there are
 * descendants, so that nobody makes the server walk through large trees again and again. The caller sees to it that there
 * are no cycles.
 */
export class FamilyTree {
  private readonly families = new Map<EntityId, Family>();
  private readonly parents = new Map<EntityId, EntityId>();
  private readonly locked = new Set<EntityId>();
  /** How many locked entities hang on an entity, directly or through others; none that carries no such. */
  private readonly lockedBelow = new Map<EntityId, number>();

  parentOf(id: EntityId): EntityId | undefined {
    return this.parents.get(id);
  }

  childrenOf(id: EntityId): ReadonlySet<EntityId> {
    return this.families.get(id)?.children ?? NONE;
  }

  /** Generations below an entity: 0 when it has no children. */
  heightOf(id: EntityId): number {
    return this.families.get(id)?.height ?? 0;
  }

  /** How many locked entities hang on an entity, directly or through others. */
  lockedBelowOf(id: EntityId): number {
    return this.lockedBelow.get(id) ?? 0;
  }

  /** An entity and its parents, counted. */
  depthOf(id: EntityId): number {
    let depth = 1;
    for (let above = this.parents.get(id); above !== undefined; above = this.parents.get(above)) depth++;
    return depth;
  }

  /** The topmost parent, or the entity itself. */
  rootOf(id: EntityId): EntityId {
    let root = id;
    for (let above = this.parents.get(id); above !== undefined; above = this.parents.get(above)) root = above;
    return root;
  }

  /** Whether `id` is `ancestor`, or hangs on it, directly or through others. */
  isWithin(id: EntityId, ancestor: EntityId): boolean {
    for (let at: EntityId | undefined = id; at !== undefined; at = this.parents.get(at)) {
      if (at === ancestor) return true;
    }
    return false;
  }

  /** An entity with all below it, children before their parents. The order depends on nothing but the tree's contents. */
  withDescendants(id: EntityId): EntityId[] {
    const found: EntityId[] = [id];
    for (let i = 0; i < found.length; i++) {
      const children = this.childrenOf(found[i]);
      if (children.size > 0) for (const child of [...children].sort()) found.push(child);
    }
    return found.reverse();
  }

  /** An entity is locked from now on, or no longer. */
  setLocked(id: EntityId, isLocked: boolean): void {
    if (this.locked.has(id) === isLocked) return;
    if (isLocked) this.locked.add(id);
    else this.locked.delete(id);
    this.carry(this.parents.get(id), isLocked ? 1 : -1);
  }

  /** Hangs an entity on another parent, with all below it; undefined for none. */
  move(id: EntityId, parent: EntityId | undefined): void {
    const before = this.parents.get(id);
    if (before === parent) return;
    const lockedCount = this.lockedBelowOf(id) + Number(this.locked.has(id));
    this.carry(before, -lockedCount);
    if (before !== undefined) this.unlink(id, before);
    if (parent !== undefined) this.link(id, parent);
    this.carry(parent, lockedCount);
  }

  /** So many more locked entities (below 0: fewer) hang on an entity, and on all above it. */
  private carry(carrier: EntityId | undefined, count: number): void {
    if (count === 0) return;
    for (let id = carrier; id !== undefined; id = this.parents.get(id)) {
      const now = this.lockedBelowOf(id) + count;
      if (now === 0) this.lockedBelow.delete(id);
      else this.lockedBelow.set(id, now);
    }
  }

  private link(id: EntityId, parent: EntityId): void {
    this.parents.set(id, parent);
    let family = this.families.get(parent);
    if (!family) this.families.set(parent, (family = { children: new Set(), countByHeight: [], height: 0 }));
    family.children.add(id);
    this.recount(parent, family, undefined, this.heightOf(id));
  }

  private unlink(id: EntityId, parent: EntityId): void {
    this.parents.delete(id);
    const family = this.families.get(parent) as Family;
    family.children.delete(id);
    this.recount(parent, family, this.heightOf(id), undefined);
    if (family.children.size === 0) this.families.delete(parent);
  }

  /** A child's height is no longer `from` but `to` (undefined: it is no child), which may concern the parents above. */
  private recount(id: EntityId, family: Family, from: number | undefined, to: number | undefined): void {
    const counts = family.countByHeight;
    if (from !== undefined) counts[from]--;
    if (to !== undefined) {
      while (counts.length <= to) counts.push(0);
      counts[to]++;
    }
    while (counts.length > 0 && counts[counts.length - 1] === 0) counts.pop();
    const before = family.height;
    family.height = counts.length;
    if (before === family.height) return;
    const parent = this.parents.get(id);
    if (parent !== undefined) this.recount(parent, this.families.get(parent) as Family, before, family.height);
  }
}
