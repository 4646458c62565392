import type { EntitySlots } from './entity-slots.js';
import { type GridCell, nearestOf, type SpatialGrid } from '@app/spatial';
import type { Viewer } from './viewer.js';
import { isSameFor, marginOf, settleOne } from './viewer-range.js';

/** First come cells nearer to the viewer than this, in metres; then those within so many times that, and so on. */
const SHELL_M_MIN = 64;
const SHELL_FACTOR = 4;
/** So many cells that are visited cost as much as one entity that is looked at. */
const CELLS_PER_ENTITY = 2;

/**
 * Decides anew about all entities, from where a viewer is at the beginning: the nearest first, some at a time, because a
 * world is too much for one tick.
 *
 * Cells that were wholly inside and stay so, or wholly outside, are passed over; except when the viewer is unsettled.
 * Whatever comes or moves while the pass is under way is decided about at once (`settleOne`), by the same range.
 */
export class SettlingPass {
  /** Where the viewer was settled before. */
  private readonly before: Viewer['settled'];
  private readonly isThorough: boolean;
  /** Nothing farther away than this was known, or will be, in metres. */
  private readonly reachM: number;
  /** All cells nearer than this have been found, in metres. */
  private foundM = -1;
  private cells: GridCell[] = [];
  private nextCell = 0;
  /** Slots of the present cell below this are still to be looked at. */
  private slotsLeft = Infinity;

  /** Begins: from now on `viewer.settled` is where the viewer is. */
  constructor(
    private readonly viewer: Viewer,
    private readonly table: EntitySlots,
    private readonly grid: SpatialGrid,
  ) {
    const { settled, place, wishes } = viewer;
    const before = { ...settled };
    const marginM = marginOf(wishes.radiusM);
    settled.x = place.x;
    settled.y = place.y;
    settled.z = place.z;
    settled.enterM = wishes.radiusM + marginM;
    settled.leaveM = wishes.radiusM + 3 * marginM;
    const wentM = Math.hypot(before.x - place.x, before.y - place.y, before.z - place.z);
    this.reachM = before.leaveM < 0 ? settled.enterM : Math.max(settled.enterM, before.leaveM + wentM);
    this.before = before;
    this.isThorough = viewer.isUnsettled;
  }

  get isDone(): boolean {
    return this.nextCell === this.cells.length && this.foundM >= this.reachM;
  }

  /** Looks at about `countMax` more; returns how many entities it cost, which may be more by the cells of one shell. */
  run(countMax: number): number {
    let left = countMax;
    while (left > 0 && !this.isDone) {
      if (this.nextCell === this.cells.length) left -= this.findShell();
      else left -= this.lookInto(this.cells[this.nextCell], left);
    }
    return countMax - left;
  }

  private lookInto({ slots, count }: GridCell, countMax: number): number {
    // Backwards: a slot that goes is replaced by the last one, which was looked at; one that comes is settled already.
    const from = Math.min(count, this.slotsLeft);
    const to = Math.max(0, from - countMax);
    for (let index = from - 1; index >= to; index--) settleOne(this.viewer, slots[index], this.table, this.grid);
    this.slotsLeft = to;
    if (to === 0) {
      this.nextCell++;
      this.slotsLeft = Infinity;
    }
    return from - to;
  }

  /** Finds the cells that come next; returns how many entities that cost. */
  private findShell(): number {
    const { before, isThorough, foundM } = this;
    const { settled } = this.viewer;
    const { x, y, z } = settled;
    const shellM = Math.min(this.reachM, foundM < 0 ? SHELL_M_MIN : foundM * SHELL_FACTOR);
    let visited = 0;
    this.cells = [];
    this.nextCell = 0;
    this.grid.visit(x, y, z, shellM, (cell) => {
      visited++;
      const nearestM = nearestOf(cell, x, y, z);
      if (nearestM <= foundM || nearestM > shellM || (!isThorough && isSameFor(cell, before, settled))) return;
      this.cells.push(cell);
    });
    this.foundM = shellM;
    return Math.ceil(visited / CELLS_PER_ENTITY);
  }
}
