import type { Vec3 } from '@app/world';

/** Points of round forms, about as many as the engine handles well. */
const SPHERE_RINGS = 6;
const SPHERE_SECTORS = 10;
const ROUND_SIDES = 16;
const GOLDEN = (1 + Math.sqrt(5)) / 2;

type Points = ReadonlyArray<readonly [x: number, y: number, z: number]>;

const MAKERS: Readonly<Record<string, () => Points>> = {
  Cone: () => [...ring(ROUND_SIDES, -0.5, 0.5), [0, 0.5, 0]],
  Cylinder: () => prism(ROUND_SIDES),
  Dodecahedron: () => dodecahedron(),
  Hexagon: () => prism(6),
  Icosahedron: () => cyclic([0, 1, GOLDEN]),
  Octagon: () => prism(8),
  Octahedron: () => cyclic([0, 0, 1]),
  Sphere: () => sphere(),
  Tetrahedron: () => [
    [1, 1, 1],
    [-1, -1, 1],
    [-1, 1, -1],
    [1, -1, -1],
  ],
  Triangle: () => prism(3),
};

const made = new Map<string, Float32Array>();

/** Forms that hullPoints knows. */
export function hasHull(form: string): boolean {
  return Object.hasOwn(MAKERS, form);
}

/**
 * Corners of a form that fills a box about the origin: x, y, z one after another, in metres.
 *
 * @param form  see hasHull
 */
export function hullPoints(form: string, { x, y, z }: Vec3): Float32Array {
  let unit = made.get(form);
  if (!unit) made.set(form, (unit = filling(MAKERS[form]())));
  const extents = [x, y, z];
  return unit.map((value, index) => value * extents[index % 3]);
}

/** Moves and stretches points so that they fill a cube of one metre about the origin. */
function filling(points: Points): Float32Array {
  const filled = new Float32Array(3 * points.length);
  for (let axis = 0; axis < 3; axis++) {
    const values = points.map((point) => point[axis]);
    const min = Math.min(...values);
    const extent = Math.max(...values) - min;
    values.forEach((value, index) => (filled[3 * index + axis] = (value - min) / extent - 0.5));
  }
  return filled;
}

function prism(sides: number): Points {
  return [...ring(sides, -0.5, 0.5), ...ring(sides, 0.5, 0.5)];
}

/** Corners of a level polygon; the first is at +z, as where it is drawn. */
function ring(sides: number, y: number, radius: number): Array<[number, number, number]> {
  return Array.from({ length: sides }, (_, side) => {
    const angle = (2 * Math.PI * side) / sides;
    return [radius * Math.sin(angle), y, radius * Math.cos(angle)];
  });
}

function sphere(): Points {
  const points: Array<[number, number, number]> = [
    [0, -1, 0],
    [0, 1, 0],
  ];
  for (let index = 1; index < SPHERE_RINGS; index++) {
    const angle = (Math.PI * index) / SPHERE_RINGS;
    points.push(...ring(SPHERE_SECTORS, Math.cos(angle), Math.sin(angle)));
  }
  return points;
}

function dodecahedron(): Points {
  return [...cyclic([0, 1 / GOLDEN, GOLDEN]), ...signs([1, 1, 1])];
}

/** A point with all signs, and its coordinates in turn. */
function cyclic([a, b, c]: readonly [number, number, number]): Points {
  return [...signs([a, b, c]), ...signs([b, c, a]), ...signs([c, a, b])];
}

function signs(point: readonly [number, number, number]): Points {
  const found = new Map<string, [number, number, number]>();
  for (let bits = 0; bits < 8; bits++) {
    const [x, y, z] = point.map((value, axis) => ((bits >> axis) & 1 ? -value : value) || 0);
    found.set(`${x} ${y} ${z}`, [x, y, z]);
  }
  return [...found.values()];
}
