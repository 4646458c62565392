import type { Vec3 } from '@vicinity/sdk';

/** What a ribbon is made from; lists may be shorter than the points. */
export interface RibbonPlan {
  points: readonly Vec3[];
  /** Metres at each point; the last one goes on. */
  widths: readonly number[];
  /** Where its face looks at each point; the last one goes on. */
  normals: readonly Vec3[];
  /** Red, green and blue, 0 to 1, at each point; empty for white. */
  colours: readonly Vec3[];
  /** The picture goes over all of it once, instead of as often as it fits. */
  isStretched: boolean;
}

/** Vertices of a ribbon, two for each point, and its triangles. */
export interface Ribbon {
  positions: Float32Array;
  colours: Float32Array;
  uvs: Float32Array;
  indices: Uint16Array;
}

/** Points that are used; two vertices each must be countable with 16 bits. */
const POINTS_MAX = 4_096;
const WIDTH_M_DEFAULT = 0.01;
const FORWARD: Vec3 = { x: 0, y: 0, z: 1 };
const WHITE: Vec3 = { x: 1, y: 1, z: 1 };

/** Makes a ribbon: at each point as wide as said, across its direction and its normal. Pure. */
export function makeRibbon(plan: RibbonPlan): Ribbon {
  const points = plan.points.slice(0, POINTS_MAX);
  const count = points.length;
  const ribbon: Ribbon = {
    positions: new Float32Array(count * 6),
    colours: new Float32Array(count * 6),
    uvs: new Float32Array(count * 4),
    indices: new Uint16Array(Math.max(0, count - 1) * 6),
  };
  const widthOf = (index: number): number => plan.widths[Math.min(index, plan.widths.length - 1)] ?? WIDTH_M_DEFAULT;
  let along = 0;
  points.forEach((point, index) => {
    const before = points[Math.max(0, index - 1)];
    const after = points[Math.min(count - 1, index + 1)];
    const side = across(before, after, plan.normals[Math.min(index, plan.normals.length - 1)] ?? FORWARD);
    const half = widthOf(index) / 2;
    along += Math.hypot(point.x - before.x, point.y - before.y, point.z - before.z);
    const colour = plan.colours[Math.min(index, plan.colours.length - 1)] ?? WHITE;
    const u = plan.isStretched ? index / Math.max(1, count - 1) : along / Math.max(1e-4, widthOf(index));
    for (const [edge, sign] of [
      [0, -1],
      [1, 1],
    ]) {
      const vertex = index * 2 + edge;
      const offset = sign * half;
      ribbon.positions.set(
        [point.x + side.x * offset, point.y + side.y * offset, point.z + side.z * offset],
        vertex * 3,
      );
      ribbon.colours.set([colour.x, colour.y, colour.z], vertex * 3);
      ribbon.uvs.set([u, edge], vertex * 2);
    }
    if (index > 0) {
      const corner = index * 2;
      ribbon.indices.set([corner - 2, corner - 1, corner, corner, corner - 1, corner + 1], (index - 1) * 6);
    }
  });
  return ribbon;
}

/** Unit vector across a direction and a normal; any across the direction where they are the same. */
function across(from: Vec3, to: Vec3, normal: Vec3): Vec3 {
  const along = { x: to.x - from.x, y: to.y - from.y, z: to.z - from.z };
  for (const up of [normal, { x: 0, y: 1, z: 0 }, { x: 1, y: 0, z: 0 }]) {
    const x = along.y * up.z - along.z * up.y;
    const y = along.z * up.x - along.x * up.z;
    const z = along.x * up.y - along.y * up.x;
    const length = Math.hypot(x, y, z);
    if (length > 1e-9) return { x: x / length, y: y / length, z: z / length };
  }
  return { x: 1, y: 0, z: 0 };
}
