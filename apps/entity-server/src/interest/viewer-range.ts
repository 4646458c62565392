import type { EntitySlots } from './entity-slots.js';
import { farthestOf, nearestOf, type GridCell, type SpatialGrid } from '@app/spatial';
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
export function settleOne(viewer: Viewer, slot: number, table: EntitySlots, grid: SpatialGrid): void {
  const entity = table.entities[slot];
  if (!entity) return;
  const { settled, wishes } = viewer;
  if ((wishes.types || wishes.matching) && !isWanted(wishes, entity, viewer.seesAll(entity)))
    return viewer.unwant(slot);
  const dx = grid.x[slot] - settled.x;
  const dy = grid.y[slot] - settled.y;
  const dz = grid.z[slot] - settled.z;
  const distanceM = Math.sqrt(dx * dx + dy * dy + dz * dz) - grid.radius[slot];
  if (distanceM <= settled.enterM) viewer.want(slot);
  else if (distanceM > settled.leaveM) viewer.unwant(slot);
}

/** Whether nothing in a cell can be decided otherwise than before. */
export function isSameFor(cell: GridCell, before: Viewer['settled'], now: Viewer['settled']): boolean {
  if (nearestOf(cell, now.x, now.y, now.z) > now.enterM) {
    return nearestOf(cell, before.x, before.y, before.z) > before.leaveM;
  }
  return (
    farthestOf(cell, now.x, now.y, now.z) <= now.leaveM &&
    farthestOf(cell, before.x, before.y, before.z) <= before.enterM
  );
}
