import type { Entity } from '@app/entities';
import { ENTITY_DEPTH_MAX, type EntityId } from '@app/world';

/** Slots of an empty table. */
const CAPACITY_MIN = 1_024;
const NO_CHILDREN: ReadonlySet<number> = new Set();

/** The entities of a world by slot, a small number that is used again, and who is whose parent. */
export class EntitySlots {
  /** By slot. */
  readonly entities: Array<Entity | undefined> = [];
  /** Slot of the parent; -1 without one, or while it is not known. */
  parents = new Int32Array(CAPACITY_MIN).fill(-1);
  /** 1 for those that move by themselves. */
  moves = new Uint8Array(CAPACITY_MIN);
  /** Slots below this have been in use. */
  slotsEnd = 0;
  private readonly slots = new Map<EntityId, number>();
  private readonly children = new Map<EntityId, Set<number>>();
  private readonly free: number[] = [];

  get size(): number {
    return this.slots.size;
  }

  get capacity(): number {
    return this.parents.length;
  }

  /** The slot of an entity; -1 when it is unknown. */
  slotOf(id: EntityId): number {
    return this.slots.get(id) ?? -1;
  }

  /** Slots of those whose parent it is. */
  childrenOf(slot: number): ReadonlySet<number> {
    const entity = this.entities[slot];
    return (entity && this.children.get(entity.id)) ?? NO_CHILDREN;
  }

  /** Takes in an entity that is not there yet; children that came before it find their parent. */
  add(entity: Entity): number {
    const slot = this.free.pop() ?? this.slotsEnd++;
    if (slot >= this.capacity) this.grow();
    this.slots.set(entity.id, slot);
    this.entities[slot] = entity;
    this.join(slot, entity);
    for (const child of this.childrenOf(slot)) if (child !== slot) this.parents[child] = slot;
    return slot;
  }

  /** The entity has become another version of itself. */
  replace(slot: number, entity: Entity): void {
    const before = this.entities[slot];
    this.entities[slot] = entity;
    if (before && parentIdOf(before) === parentIdOf(entity)) return;
    if (before) this.leave(slot, before);
    this.join(slot, entity);
  }

  /** The slot is free afterwards; children that are still there have no parent. */
  remove(slot: number): void {
    const entity = this.entities[slot];
    if (!entity) return;
    for (const child of this.childrenOf(slot)) this.parents[child] = -1;
    this.leave(slot, entity);
    this.slots.delete(entity.id);
    this.entities[slot] = undefined;
    this.moves[slot] = 0;
    this.free.push(slot);
  }

  clear(): void {
    this.entities.length = 0;
    this.parents.fill(-1);
    this.moves.fill(0);
    this.slotsEnd = 0;
    this.slots.clear();
    this.children.clear();
    this.free.length = 0;
  }

  /** The newest change of an entity or of one of those that carry it, as a place in the log; Infinity when one moves. */
  chainSequenceOf(slot: number): number {
    let sequence = 0;
    for (let at = slot, depth = 0; at >= 0 && depth < ENTITY_DEPTH_MAX; at = this.parents[at], depth++) {
      if (this.moves[at] === 1) return Infinity;
      sequence = Math.max(sequence, this.entities[at]?.sequence ?? 0);
    }
    return sequence;
  }

  private join(slot: number, entity: Entity): void {
    const parentId = parentIdOf(entity);
    this.parents[slot] = -1;
    if (parentId === undefined || parentId === entity.id) return;
    const siblings = this.children.get(parentId);
    if (siblings) siblings.add(slot);
    else this.children.set(parentId, new Set([slot]));
    this.parents[slot] = this.slotOf(parentId);
  }

  private leave(slot: number, entity: Entity): void {
    const parentId = parentIdOf(entity);
    this.parents[slot] = -1;
    const siblings = parentId === undefined ? undefined : this.children.get(parentId);
    if (!siblings?.delete(slot) || siblings.size > 0) return;
    this.children.delete(parentId as EntityId);
  }

  private grow(): void {
    const parents = new Int32Array(2 * this.capacity).fill(-1);
    parents.set(this.parents);
    this.parents = parents;
    const moves = new Uint8Array(this.capacity);
    moves.set(this.moves);
    this.moves = moves;
  }
}

function parentIdOf(entity: Entity): EntityId | undefined {
  const { parentID } = entity.properties;
  return typeof parentID === 'string' && parentID !== '' ? parentID : undefined;
}
