import type { EntityTable } from './entity-table.js';
import { farthestOf, nearestOf, type GridCell, type SpatialGrid } from './spatial-grid.js';
import type { Viewer } from './viewer.js';
import { isWanted } from './viewer-wishes.js';

/** A viewer may move this share of its radius before its interest is looked at anew, within these bounds in metres. */
const MARGIN_SHARE = 0.02;
const MARGIN_M_MIN = 0.1;
const MARGIN_M_MAX = 30;

/**
 * How far a viewer may go from where its interest was settled, in metres.
 *
 * Settled interest begins that much further out than the radius, so that nothing within the radius is missing, and ends
 * another two such margins further out, so that nothing comes and goes at the edge. Whatever is known is within
 * the radius and four margins.
 */
export function marginOf(radiusM: number): number {
  return Math.min(MARGIN_M_MAX, Math.max(MARGIN_M_MIN, radiusM * MARGIN_SHARE));
}

/** Whether a viewer has gone so far that its interest must be looked at anew. */
export function hasStrayed(viewer: Viewer): boolean {
  const { place, settled, wishes } = viewer;
  return Math.hypot(place.x - settled.x, place.y - settled.y, place.z - settled.z) > marginOf(wishes.radiusM);
}

/** Decides about one entity that is new, has changed or has moved. */
export function settleOne(viewer: Viewer, slot: number, table: EntityTable, grid: SpatialGrid): void {
  const entity = table.entities[slot];
  if (!entity) return;
  const { settled, wishes } = viewer;
  if ((wishes.types || wishes.matching) && !isWanted(wishes, entity)) return viewer.unwant(slot);
  const dx = grid.x[slot] - settled.x;
  const dy = grid.y[slot] - settled.y;
  const dz = grid.z[slot] - settled.z;
  const distanceM = Math.sqrt(dx * dx + dy * dy + dz * dz) - grid.radius[slot];
  if (distanceM <= settled.enterM) viewer.want(slot);
  else if (distanceM > settled.leaveM) viewer.unwant(slot);
}

/**
 * Decides anew about all entities, from where the viewer is now.
 *
 * Cells that were wholly inside and stay so, or wholly outside, are passed over; except when the viewer is unsettled.
 *
 * @returns how many entities were looked at
 */
export function settleAll(viewer: Viewer, table: EntityTable, grid: SpatialGrid): number {
  let count = 0;
  const { settled, place, wishes, isUnsettled } = viewer;
  const before = { ...settled };
  const marginM = marginOf(wishes.radiusM);
  settled.x = place.x;
  settled.y = place.y;
  settled.z = place.z;
  settled.enterM = wishes.radiusM + marginM;
  settled.leaveM = wishes.radiusM + 3 * marginM;
  viewer.isUnsettled = false;
  // Nothing farther away than this was known, or will be.
  const wentM = Math.hypot(before.x - place.x, before.y - place.y, before.z - place.z);
  const reachM = before.leaveM < 0 ? settled.enterM : Math.max(settled.enterM, before.leaveM + wentM);
  grid.visit(place.x, place.y, place.z, reachM, (cell) => {
    if (!isUnsettled && isSameFor(cell, before, settled)) return;
    count += cell.count;
    for (let i = 0; i < cell.count; i++) settleOne(viewer, cell.slots[i], table, grid);
  });
  return count;
}

/** Whether nothing in a cell can be decided otherwise than before. */
function isSameFor(cell: GridCell, before: Viewer['settled'], now: Viewer['settled']): boolean {
  if (nearestOf(cell, now.x, now.y, now.z) > now.enterM) {
    return nearestOf(cell, before.x, before.y, before.z) > before.leaveM;
  }
  return (
    farthestOf(cell, now.x, now.y, now.z) <= now.leaveM &&
    farthestOf(cell, before.x, before.y, before.z) <= before.enterM
  );
}
