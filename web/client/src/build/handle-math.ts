import { multiply, rotate } from '@app/spatial';
import type { EntityTransform, Vec3 } from '@vicinity/sdk';

/** A place in the world as it is seen from a parent; itself where there is none. Pure. */
export function inFrameOf(
  parent: EntityTransform | undefined,
  { position, rotation }: EntityTransform,
): EntityTransform {
  if (!parent) return { position, rotation };
  const { x, y, z, w } = parent.rotation;
  const back = { x: -x, y: -y, z: -z, w };
  const offset: Vec3 = {
    x: position.x - parent.position.x,
    y: position.y - parent.position.y,
    z: position.z - parent.position.z,
  };
  return {
    position: rotate(back, offset, { x: 0, y: 0, z: 0 }),
    rotation: multiply(back, rotation, { x: 0, y: 0, z: 0, w: 1 }),
  };
}

/** Where a ray meets something, at most so far away. */
export interface Ray {
  origin: Vec3;
  /** Length 1. */
  direction: Vec3;
}

/**
 * Where a ray meets the ground; the point at `distanceMaxM` where it does not. Pure.
 *
 * @param heightAt  of the ground, in metres
 */
export function groundPoint(
  { origin, direction }: Ray,
  heightAt: (x: number, z: number) => number,
  distanceMaxM: number,
): Vec3 {
  const at = (metres: number): Vec3 => ({
    x: origin.x + direction.x * metres,
    y: origin.y + direction.y * metres,
    z: origin.z + direction.z * metres,
  });
  const isBelow = ({ x, y, z }: Vec3): boolean => y <= heightAt(x, z);
  let before = 0;
  for (let metres = 0.25; metres <= distanceMaxM; metres += 0.25 + metres * 0.02) {
    if (isBelow(at(metres))) {
      let [above, below] = [before, metres];
      for (let round = 0; round < 20; round++) {
        const middle = (above + below) / 2;
        if (isBelow(at(middle))) below = middle;
        else above = middle;
      }
      const point = at(below);
      return { ...point, y: heightAt(point.x, point.z) };
    }
    before = metres;
  }
  return at(distanceMaxM);
}
