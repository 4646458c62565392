import { describe, expect, it } from '@jest/globals';
import { PerspectiveCamera } from 'three';
import { overlap, rectOnPage } from './sheet-cover.js';

const PAGE = { left: 0, top: 0, right: 800, bottom: 520 };
/** Where the sheet is in such a window. */
const SHEET = { left: 488, top: 124, right: 788, bottom: 420 };

function camera(): PerspectiveCamera {
  const made = new PerspectiveCamera(62, 800 / 520, 0.1, 100);
  made.position.set(0, 1.6, 0);
  made.updateMatrixWorld();
  return made;
}

describe('A thing on the page', () => {
  it('in the middle of the view is in the middle of the page, larger when it is nearer', () => {
    const far = rectOnPage(camera(), PAGE, { x: 0, y: 1.6, z: -4 }, 1);
    expect((far!.left + far!.right) / 2).toBeCloseTo(400);
    expect((far!.top + far!.bottom) / 2).toBeCloseTo(260);
    const near = rectOnPage(camera(), PAGE, { x: 0, y: 1.6, z: -2 }, 1);
    expect(near!.right - near!.left).toBeCloseTo(2 * (far!.right - far!.left));
  });

  it('far away is still as large as its handles', () => {
    const { left, right } = rectOnPage(camera(), PAGE, { x: 0, y: 1.6, z: -90 }, 0.1)!;
    expect(right - left).toBeGreaterThan(100);
  });

  it('behind the camera is nowhere', () => {
    expect(rectOnPage(camera(), PAGE, { x: 0, y: 1.6, z: 4 }, 1)).toBeUndefined();
  });

  it('is covered by the sheet when it, or only its handles, reach under it', () => {
    const at = (x: number) => rectOnPage(camera(), PAGE, { x, y: 1.2, z: -5 }, 0.5)!;
    expect(overlap(at(2), SHEET)).toBe(true);
    expect(overlap(at(0.4), SHEET)).toBe(true);
    expect(overlap(at(-1), SHEET)).toBe(false);
  });
});
