import { SURFACE_EDGE_PX_MAX } from '../visual-limits.js';

const EDGE_PX_MIN = 8;
/** Height of the surface of a sign that leads to a page, in pixels. */
export const WEB_HEIGHT_PX = 512;

/** Pixels of a surface, and pixels per metre in fact: fewer than wanted when it would become too large. Pure. */
export function surfaceSize(
  widthM: number,
  heightM: number,
  pixelsPerM: number,
): { width: number; height: number; scale: number } {
  const scale = Math.min(pixelsPerM, SURFACE_EDGE_PX_MAX / Math.max(widthM, heightM, 1e-3));
  return {
    width: Math.max(EDGE_PX_MIN, Math.round(widthM * scale)),
    height: Math.max(EDGE_PX_MIN, Math.round(heightM * scale)),
    scale,
  };
}
