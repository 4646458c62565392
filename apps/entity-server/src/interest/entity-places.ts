import type { Entity } from '@app/entities';
import { multiply, rotate } from '@app/spatial';
import { ENTITY_DEPTH_MAX, type Quat, type Vec3 } from '@app/world';
import { isSamePlace, type LocalPlace, localPlaceOf, movesByItself } from './local-place.js';
import type { EntityTable } from './entity-table.js';
import { SpatialGrid } from './spatial-grid.js';

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
  private readonly offset: Vec3 = { x: 0, y: 0, z: 0 };

  constructor(private readonly table: EntityTable) {}

  get movingCount(): number {
    return this.moving.length;
  }

  /**
   * Finds out where an entity and all that it carries are at a time, and names each of them.
   *
   * @param wallMs  ms since 1970-01-01 UTC
   */
  update(slot: number, wallMs: number, touched: (slot: number) => void, depth = 0): void {
    const entity = this.table.entities[slot];
    if (!entity || depth > ENTITY_DEPTH_MAX) return;
    this.settle(slot, entity, wallMs);
    touched(slot);
    for (const child of this.table.childrenOf(slot)) this.update(child, wallMs, touched, depth + 1);
  }

  /** An entity has become another version of itself; most edits move nothing, and cost little. */
  handleEdit(slot: number, before: Entity, wallMs: number, touched: (slot: number) => void): void {
    const entity = this.table.entities[slot];
    if (entity && !this.overridden.has(slot) && isSamePlace(before, entity)) touched(slot);
    else this.update(slot, wallMs, touched);
  }

  /** Those that move by themselves are looked at in turn: the next `count` of them. */
  advance(count: number, wallMs: number, touched: (slot: number) => void): void {
    for (let left = Math.min(count, this.moving.length); left > 0; left--) {
      if (this.nextMoving >= this.moving.length) this.nextMoving = 0;
      this.update(this.moving[this.nextMoving++], wallMs, touched);
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
    for (const child of this.table.childrenOf(slot)) this.update(child, wallMs, touched, 1);
  }

  remove(slot: number): void {
    this.grid.remove(slot);
    this.poses[slot] = undefined;
    this.overridden.delete(slot);
    this.noteMoving(slot, false);
  }

  clear(): void {
    this.grid.clear();
    this.poses.length = 0;
    this.moving.length = 0;
    this.indexInMoving.clear();
    this.nextMoving = 0;
    this.overridden.clear();
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
