import type { EntityId, Vec3 } from '@app/world';
import { type GridCell, nearestOf, SpatialGrid } from '@app/spatial';

const ROOM_MIN = 1_024;

/** A ball around something, in metres. */
export interface Ball {
  readonly centre: Readonly<Vec3>;
  readonly radiusM: number;
}

/** Balls by id and by where they are. */
export class BallIndex {
  private readonly grid = new SpatialGrid();
  private readonly slots = new Map<EntityId, number>();
  private readonly ids: EntityId[] = [];
  private readonly free: number[] = [];

  get size(): number {
    return this.slots.size;
  }

  has(id: EntityId): boolean {
    return this.slots.has(id);
  }

  /** The ball of that id; undefined when there is none. */
  get(id: EntityId): Ball | undefined {
    const slot = this.slots.get(id);
    if (slot === undefined) return undefined;
    const { x, y, z, radius } = this.grid;
    return { centre: { x: x[slot], y: y[slot], z: z[slot] }, radiusM: radius[slot] };
  }

  put(id: EntityId, { x, y, z }: Readonly<Vec3>, radiusM: number): void {
    let slot = this.slots.get(id);
    if (slot === undefined) {
      slot = this.free.pop() ?? this.ids.length;
      this.slots.set(id, slot);
      this.ids[slot] = id;
      if (slot >= this.grid.x.length) this.grid.grow(Math.max(ROOM_MIN, 2 * slot));
    }
    this.grid.place(slot, x, y, z, radiusM);
  }

  /** Harmless if there is none. */
  remove(id: EntityId): void {
    const slot = this.slots.get(id);
    if (slot === undefined) return;
    this.grid.remove(slot);
    this.slots.delete(id);
    this.free.push(slot);
  }

  /**
   * Names all balls of which anything is within a distance of a point, with the distance to their surface, which is
   * negative inside; in metres.
   *
   * @param slotsMax  balls that are looked at, those in the nearest cells and large ones first; where there are more, some
   *                  are left out
   * @returns how many were looked at
   */
  visitNear(
    { x, y, z }: Readonly<Vec3>,
    reachM: number,
    slotsMax: number,
    visit: (id: EntityId, gapM: number) => void,
  ): number {
    const { grid, ids } = this;
    const cells: GridCell[] = [];
    let count = 0;
    grid.visit(x, y, z, reachM, (cell) => {
      cells.push(cell);
      count += cell.count;
    });
    if (count > slotsMax) {
      const nearness = new Map(cells.map((cell) => [cell, nearestOf(cell, x, y, z)]));
      const distanceOf = (cell: GridCell): number => nearness.get(cell) ?? 0;
      cells.sort((a, b) => distanceOf(a) - distanceOf(b) || b.level - a.level);
    }
    let left = slotsMax;
    for (const cell of cells) {
      const some = Math.min(left, cell.count);
      left -= some;
      for (let index = 0; index < some; index++) {
        const slot = cell.slots[index];
        const [dx, dy, dz] = [grid.x[slot] - x, grid.y[slot] - y, grid.z[slot] - z];
        const distance = reachM + grid.radius[slot];
        const squared = dx * dx + dy * dy + dz * dz;
        if (squared <= distance * distance) visit(ids[slot], Math.sqrt(squared) - grid.radius[slot]);
      }
      if (left === 0) break;
    }
    return slotsMax - left;
  }
}
