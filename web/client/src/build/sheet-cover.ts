import { type PerspectiveCamera, Vector3 } from 'three';
import type { Vec3 } from '@vicinity/sdk';

/** Handles are as large on the page at every distance: from their middle to their ends, as a share of the page's height. */
const HANDLES_SHARE = 0.13;

/** A part of the page, in pixels. */
export type PageRect = Pick<DOMRect, 'left' | 'top' | 'right' | 'bottom'>;

/** Around a thing and its handles on the page; undefined while it is behind the camera. */
export function rectOnPage(
  camera: PerspectiveCamera,
  page: PageRect,
  middle: Vec3,
  radiusM: number,
): PageRect | undefined {
  const seen = new Vector3(middle.x, middle.y, middle.z).applyMatrix4(camera.matrixWorldInverse);
  const aheadM = -seen.z;
  if (aheadM <= camera.near) return undefined;
  const heightPx = page.bottom - page.top;
  const sizePx = (radiusM / aheadM / Math.tan((camera.fov * Math.PI) / 360) / 2) * heightPx;
  const reachPx = Math.max(sizePx, HANDLES_SHARE * heightPx);
  seen.applyMatrix4(camera.projectionMatrix);
  const x = page.left + ((seen.x + 1) / 2) * (page.right - page.left);
  const y = page.top + ((1 - seen.y) / 2) * heightPx;
  return { left: x - reachPx, top: y - reachPx, right: x + reachPx, bottom: y + reachPx };
}

/** Whether two parts of the page share a pixel. Pure. */
export function overlap(one: PageRect, other: PageRect): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
