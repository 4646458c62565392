import type { Quat, Vec3 } from '@vicinity/sdk';

/** Something that one cannot walk through, and can stand on. */
export interface Solid {
  form: 'box' | 'ball';
  /** In world coordinates, metres. */
  middle: Vec3;
  rotation: Quat;
  /** Half of its extents along its own axes, in metres; a ball may have three different ones. Never 0. */
  half: Vec3;
  /** Whether it can be seen, so that the camera must not be behind it. */
  isOpaque: boolean;
}

/**
 * Where a line goes through a solid: the shares of `direction` at which it comes in and goes out; undefined when it passes
 * by. Pure.
 */
export function crossing(
  { form, middle, rotation, half }: Solid,
  origin: Vec3,
  direction: Vec3,
): readonly [from: number, to: number] | undefined {
  // In a frame where the solid is a cube, or a ball, from -1 to 1.
  const at = shrunk(turnedBack(rotation, difference(origin, middle)), half);
  const along = shrunk(turnedBack(rotation, direction), half);
  return form === 'ball' ? throughBall(at, along) : throughCube(at, along);
}

/** Whether a place is within a solid. Pure. */
export function holds({ form, middle, rotation, half }: Solid, place: Vec3): boolean {
  const { x, y, z } = shrunk(turnedBack(rotation, difference(place, middle)), half);
  return form === 'ball' ? Math.hypot(x, y, z) < 1 : Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) < 1;
}

/** The place of a solid that is nearest to one outside it; for balls of unequal extents nearly so. Pure. */
export function nearestOf({ form, middle, rotation, half }: Solid, place: Vec3): Vec3 {
  const local = turnedBack(rotation, difference(place, middle));
  if (form === 'ball') {
    const { x, y, z } = shrunk(local, half);
    const far = Math.max(1, Math.hypot(x, y, z));
    return sum(middle, turned(rotation, { x: local.x / far, y: local.y / far, z: local.z / far }));
  }
  const clamped = {
    x: Math.min(half.x, Math.max(-half.x, local.x)),
    y: Math.min(half.y, Math.max(-half.y, local.y)),
    z: Math.min(half.z, Math.max(-half.z, local.z)),
  };
  return sum(middle, turned(rotation, clamped));
}

function throughCube(at: Vec3, along: Vec3): readonly [number, number] | undefined {
  let [from, to] = [-Infinity, Infinity];
  for (const axis of ['x', 'y', 'z'] as const) {
    if (Math.abs(along[axis]) < 1e-9) {
      if (Math.abs(at[axis]) > 1) return undefined;
      continue;
    }
    const [one, other] = [(-1 - at[axis]) / along[axis], (1 - at[axis]) / along[axis]];
    from = Math.max(from, Math.min(one, other));
    to = Math.min(to, Math.max(one, other));
  }
  return from <= to ? [from, to] : undefined;
}

function throughBall(at: Vec3, along: Vec3): readonly [number, number] | undefined {
  const a = along.x ** 2 + along.y ** 2 + along.z ** 2;
  const b = at.x * along.x + at.y * along.y + at.z * along.z;
  const c = at.x ** 2 + at.y ** 2 + at.z ** 2 - 1;
  const under = b * b - a * c;
  if (a === 0 || under < 0) return undefined;
  return [(-b - Math.sqrt(under)) / a, (-b + Math.sqrt(under)) / a];
}

const sum = (a: Vec3, b: Vec3): Vec3 => ({ x: a.x + b.x, y: a.y + b.y, z: a.z + b.z });
const difference = (a: Vec3, b: Vec3): Vec3 => ({ x: a.x - b.x, y: a.y - b.y, z: a.z - b.z });
const shrunk = (a: Vec3, by: Vec3): Vec3 => ({ x: a.x / by.x, y: a.y / by.y, z: a.z / by.z });
const turnedBack = ({ x, y, z, w }: Quat, v: Vec3): Vec3 => turned({ x: -x, y: -y, z: -z, w }, v);

function turned({ x: qx, y: qy, z: qz, w }: Quat, { x, y, z }: Vec3): Vec3 {
  const tx = 2 * (qy * z - qz * y);
  const ty = 2 * (qz * x - qx * z);
  const tz = 2 * (qx * y - qy * x);
  return {
    x: x + w * tx + (qy * tz - qz * ty),
    y: y + w * ty + (qz * tx - qx * tz),
    z: z + w * tz + (qx * ty - qy * tx),
  };
}
