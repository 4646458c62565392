import {
  BoxGeometry,
  type BufferGeometry,
  CircleGeometry,
  ConeGeometry,
  CylinderGeometry,
  DodecahedronGeometry,
  IcosahedronGeometry,
  OctahedronGeometry,
  PlaneGeometry,
  SphereGeometry,
  TetrahedronGeometry,
  TorusGeometry,
} from 'three';

const MAKERS: Readonly<Record<string, () => BufferGeometry>> = {
  Circle: () => new CircleGeometry(0.5, 48).rotateX(-Math.PI / 2),
  Cone: () => new ConeGeometry(0.5, 1, 32),
  Cube: () => new BoxGeometry(1, 1, 1),
  Cylinder: () => new CylinderGeometry(0.5, 0.5, 1, 32),
  Dodecahedron: () => new DodecahedronGeometry(0.5),
  Hexagon: () => prism(6),
  Icosahedron: () => new IcosahedronGeometry(0.5),
  Octagon: () => prism(8),
  Octahedron: () => new OctahedronGeometry(0.5),
  Quad: () => new PlaneGeometry(1, 1).rotateX(-Math.PI / 2),
  Sphere: () => new SphereGeometry(0.5, 32, 20),
  Tetrahedron: () => new TetrahedronGeometry(0.5),
  Torus: () => new TorusGeometry(0.375, 0.125, 16, 40).rotateX(Math.PI / 2),
  Triangle: () => prism(3),
};

/** Names that a form may also have: those of the predecessor's collision shapes and of old worlds. */
const ALIASES: Readonly<Record<string, string>> = { box: 'Cube', cube: 'Cube', sphere: 'Sphere', Ellipsoid: 'Sphere' };

const made = new Map<string, BufferGeometry>();

/** Flat forms have two sides; the others are seen from outside only. */
export function isFlat(form: string): boolean {
  return form === 'Circle' || form === 'Quad';
}

/** The geometry of a form, filling a cube of one metre about the origin; a cube for what is not known. Shared, never disposed. */
export function shapeGeometry(form: string): BufferGeometry {
  const known = Object.hasOwn(MAKERS, form) ? form : Object.hasOwn(ALIASES, form) ? ALIASES[form] : 'Cube';
  let geometry = made.get(known);
  if (!geometry) {
    geometry = filling(MAKERS[known]());
    made.set(known, geometry);
  }
  return geometry;
}

function prism(sides: number): BufferGeometry {
  const flat = new CylinderGeometry(0.5, 0.5, 1, sides).toNonIndexed();
  flat.computeVertexNormals();
  return flat;
}

function filling(geometry: BufferGeometry): BufferGeometry {
  geometry.center();
  geometry.computeBoundingBox();
  const { min, max } = geometry.boundingBox!;
  const scale = (extent: number): number => (extent > 1e-6 ? 1 / extent : 1);
  return geometry.scale(scale(max.x - min.x), scale(max.y - min.y), scale(max.z - min.z));
}
