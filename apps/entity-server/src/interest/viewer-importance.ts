import { apparentSize, type SpatialGrid } from '@app/spatial';
import type { Viewer } from './viewer.js';
import type { ViewerView } from './viewer-wishes.js';
import type { Score } from './viewer-queue.js';

/** What is out of all views has this share of its importance: people turn round. */
const UNSEEN_SHARE = 0.25;
/** What is this near, in metres, is half as important as what fills the view, however small it is. */
const NEAR_M = 2;
/** Importance is never less: positive for everything. */
const IMPORTANCE_MIN = 1e-6;

/** How important entities are to a viewer: how large they look and how near they are, in the best of its views. */
export function importanceFor(viewer: Viewer, grid: SpatialGrid): Score {
  const { place } = viewer;
  const { views } = viewer.wishes;
  if (views.length === 0) return (slot) => lookOf(grid, slot, place.x, place.y, place.z);
  return (slot) => {
    let best = 0;
    for (let i = 0; i < views.length; i++) {
      const { eye } = views[i];
      const look = lookOf(grid, slot, eye.x, eye.y, eye.z);
      best = Math.max(best, isSeen(views[i], grid, slot) ? look : look * UNSEEN_SHARE);
    }
    return best;
  };
}

function lookOf(grid: SpatialGrid, slot: number, eyeX: number, eyeY: number, eyeZ: number): number {
  const dx = grid.x[slot] - eyeX;
  const dy = grid.y[slot] - eyeY;
  const dz = grid.z[slot] - eyeZ;
  const distanceM = Math.sqrt(dx * dx + dy * dy + dz * dz);
  const nearM = Math.max(0, distanceM - grid.radius[slot]);
  return IMPORTANCE_MIN + apparentSize(grid.radius[slot], distanceM) + (0.5 * NEAR_M) / (NEAR_M + nearM);
}

/** Whether any of a sphere is within a view; generous by less than its own size. */
function isSeen(view: ViewerView, grid: SpatialGrid, slot: number): boolean {
  const dx = grid.x[slot] - view.eye.x;
  const dy = grid.y[slot] - view.eye.y;
  const dz = grid.z[slot] - view.eye.z;
  const radius = grid.radius[slot];
  const distanceM = Math.sqrt(dx * dx + dy * dy + dz * dz);
  if (distanceM <= radius) return true;
  const ahead = dx * view.forward.x + dy * view.forward.y + dz * view.forward.z;
  return ahead + radius >= distanceM * view.cosHalfAngle;
}
