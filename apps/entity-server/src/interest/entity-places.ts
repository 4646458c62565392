import type { Entity } from '@app/entities';
import { multiply, rotate, SpatialGrid } from '@app/spatial';
import type { Quat, Vec3 } from '@app/world';
import { isSamePlace, type LocalPlace, localPlaceOf, movesByItself } from './local-place.js';
import type { EntitySlots } from './entity-slots.js';

/** Where entities are in the world: each is where its parent takes it. Keeps the spatial grid. */
export class EntityPlaces {
  readonly grid = new SpatialGrid();
  private readonly poses: Array<{ position: Vec3; rotation: Quat } | undefined> = [];
  /** Slots of those that move by themselves, and where each is in that list. */
  private readonly moving: number[] = [];
  private readonly indexInMoving = new Map<number, number>();
  private nextMoving = 0;
  /** Slots of bodies that are where simulation has put them. */
  private readonly overridden = new Set<number>();
  /** Slots whose parent has moved since they were placed, and movers whose turn has come: each once, oldest first. */
  private readonly stale = new Set<number>();
  private readonly offset: Vec3 = { x: 0, y: 0, z: 0 };

  constructor(private readonly table: EntitySlots) {}

  get movingCount(): number {
    return this.moving.length;
  }

  /** How many wait for `work`. */
  get staleCount(): number {
    return this.stale.size;
  }

  /**
   * Finds out where an entity is at a time, and names it. What it carries has its turn in `work`, however much that is:
   * somebody may move a carrier of thousands all the time.
   *
   * @param wallMs  ms since 1970-01-01 UTC
   */
  update(slot: number, wallMs: number, touched: (slot: number) => void): void {
    const entity = this.table.entities[slot];
    this.stale.delete(slot);
    if (!entity) return;
    this.settle(slot, entity, wallMs);
    touched(slot);
    this.noteChildren(slot);
  }

  /** Places up to `countMax` of those that wait for it, oldest first, so that parents come before their children. */
  work(countMax: number, wallMs: number, touched: (slot: number) => void): void {
    let left = countMax;
    // What is added meanwhile comes at the end of the same round.
    for (const slot of this.stale) {
      if (left-- <= 0) return;
      this.update(slot, wallMs, touched);
    }
  }

  /** An entity has become another version of itself; most edits move nothing, and cost little. */
  handleEdit(slot: number, before: Entity, wallMs: number, touched: (slot: number) => void): void {
    const entity = this.table.entities[slot];
    if (entity && !this.overridden.has(slot) && isSamePlace(before, entity)) touched(slot);
    else this.update(slot, wallMs, touched);
  }

  /** Those that move by themselves are placed anew in turn: the next `count` of them wait for `work`. */
  advance(count: number): void {
    for (let left = Math.min(count, this.moving.length); left > 0; left--) {
      if (this.nextMoving >= this.moving.length) this.nextMoving = 0;
      this.stale.add(this.moving[this.nextMoving++]);
    }
  }

  /** A simulated body is there, in its parent's frame; until its next edit or motion. */
  override(
    slot: number,
    place: Pick<LocalPlace, 'position' | 'rotation'>,
    wallMs: number,
    touched: (slot: number) => void,
  ): void {
    const entity = this.table.entities[slot];
    if (!entity) return;
    // Until then dead reckoning would lead it astray.
    this.noteMoving(slot, false);
    this.overridden.add(slot);
    this.put(slot, { ...localPlaceOf(entity, wallMs), ...place });
    touched(slot);
    this.noteChildren(slot);
  }

  remove(slot: number): void {
    this.grid.remove(slot);
    this.poses[slot] = undefined;
    this.overridden.delete(slot);
    this.stale.delete(slot);
    this.noteMoving(slot, false);
  }

  clear(): void {
    this.grid.clear();
    this.poses.length = 0;
    this.moving.length = 0;
    this.indexInMoving.clear();
    this.nextMoving = 0;
    this.overridden.clear();
    this.stale.clear();
  }

  private noteChildren(slot: number): void {
    for (const child of this.table.childrenOf(slot)) this.stale.add(child);
  }

  private settle(slot: number, entity: Entity, wallMs: number): void {
    this.overridden.delete(slot);
    this.noteMoving(slot, movesByItself(entity));
    this.put(slot, localPlaceOf(entity, wallMs));
  }

  private put(slot: number, local: LocalPlace): void {
    const parent = this.table.parents[slot];
    const frame = parent >= 0 ? this.poses[parent] : undefined;
    const pose = (this.poses[slot] ??= { position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } });
    if (frame) {
      rotate(frame.rotation, local.position, pose.position);
      pose.position.x += frame.position.x;
      pose.position.y += frame.position.y;
      pose.position.z += frame.position.z;
      multiply(frame.rotation, local.rotation, pose.rotation);
    } else {
      Object.assign(pose.position, local.position);
      Object.assign(pose.rotation, local.rotation);
    }
    const offset = rotate(pose.rotation, local.centre, this.offset);
    const { x, y, z } = pose.position;
    this.grid.grow(this.table.capacity);
    this.grid.place(slot, x + offset.x, y + offset.y, z + offset.z, local.radiusM);
  }

  private noteMoving(slot: number, moves: boolean): void {
    this.table.moves[slot] = moves ? 1 : 0;
    const index = this.indexInMoving.get(slot);
    if (moves === (index !== undefined)) return;
    if (index === undefined) {
      this.indexInMoving.set(slot, this.moving.length);
      this.moving.push(slot);
      return;
    }
    const last = this.moving.pop() as number;
    this.indexInMoving.delete(slot);
    if (last === slot) return;
    this.moving[index] = last;
    this.indexInMoving.set(last, index);
  }
}
