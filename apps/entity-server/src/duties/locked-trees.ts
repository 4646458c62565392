import { type EntityWorld, parentOf } from '@app/entities';
import { ENTITY_DEPTH_MAX, type EntityId } from '@app/world';

/** Knows which entities cannot be erased because something locked would go with them. */
export class LockedTrees {
  /** By the entity: what was found locked in its tree. Looking for it anew may take long. */
  private readonly found = new Map<EntityId, EntityId>();

  constructor(private readonly world: Pick<EntityWorld, 'get' | 'childrenOf'>) {}

  /** Whether an entity, or something below it, is locked. */
  has(id: EntityId): boolean {
    const known = this.found.get(id);
    if (known !== undefined && this.isLocked(known) && this.isBelow(known, id)) return true;
    const locked = this.findLocked(id);
    if (locked === undefined) this.found.delete(id);
    else this.found.set(id, locked);
    return locked !== undefined;
  }

  forget(id: EntityId): void {
    this.found.delete(id);
  }

  private findLocked(id: EntityId): EntityId | undefined {
    const waiting = [id];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (this.isLocked(next)) return next;
      for (const child of this.world.childrenOf(next)) waiting.push(child);
    }
    return undefined;
  }

  private isLocked(id: EntityId): boolean {
    return this.world.get(id)?.properties.locked === true;
  }

  private isBelow(id: EntityId, root: EntityId): boolean {
    let current: EntityId | undefined = id;
    for (let depth = 0; current !== undefined && depth <= ENTITY_DEPTH_MAX; depth++) {
      if (current === root) return true;
      const entity = this.world.get(current);
      current = entity && parentOf(entity.properties);
    }
    return false;
  }
}
