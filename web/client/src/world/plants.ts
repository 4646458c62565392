import {
  BufferGeometry,
  Color,
  ConeGeometry,
  CylinderGeometry,
  Float32BufferAttribute,
  Group,
  IcosahedronGeometry,
  InstancedMesh,
  MeshLambertMaterial,
  Object3D,
  SphereGeometry,
} from 'three';
import { join, paint } from './paint.js';
import { groundHeight, isKeptClear, POND, type Obstacle } from './place.js';
import { noise2, Seeded } from './seeded.js';

interface Spot {
  x: number;
  z: number;
  scale: number;
  turn: number;
}

/** Everything that grows. Each kind is one draw call, however many there are. */
export class Plants {
  readonly group = new Group();
  /** What is left out first when the machine is slow. */
  readonly undergrowth = new Group();

  private readonly trees: InstancedMesh[];
  private readonly trunks: readonly Obstacle[][];
  private share = 1;

  constructor() {
    this.group.name = 'plants';
    const random = new Seeded(42);
    const leafy = scatter(random, 95, 24, 112, 2.6, (x, z) => noise2(x / 16 + 3, z / 16) > 0.42);
    const pines = scatter(random, 150, 36, 150, 2.2, (x, z) => noise2(x / 18, z / 18 + 8) > 0.4);
    this.trunks = [leafy, pines].map((spots) =>
      spots.map(({ x, z, scale }) => ({ x, z, radius: 0.42 * scale, isTall: true })),
    );
    this.group.add(
      plant(makeLeafyTree(), leafy, [0xffffff, 0xf6ffd8, 0xffe9c0, 0xe2f5c9], random, true),
      plant(makePine(), pines, [0xffffff, 0xe6f4ea, 0xd6ead4], random, true),
      plant(
        makeBush(),
        scatter(random, 60, 14, 70, 1, () => true),
        [0xffffff, 0xfdf3d0, 0xe4f6d4],
        random,
        true,
      ),
      this.undergrowth,
    );
    const flowers = scatter(random, 420, 5, 48, 0.3, (x, z) => noise2(x / 5 + 7, z / 5) > 0.55);
    this.trees = this.group.children.filter((child) => child instanceof InstancedMesh);
    this.undergrowth.add(
      plant(
        makeGrass(),
        scatter(random, 3_400, 3, 46, 0.4, () => true),
        [0xffffff, 0xfff2b8, 0xd8f0b0],
        random,
      ),
      plant(makeFlower(), flowers, [0xfff4f4, 0xffd24d, 0xf28fb0, 0xb59cf0], random),
      plant(makeReed(), reedSpots(random), [0xffffff, 0xf0f4c8], random),
    );
  }

  /** Trunks of the trees that are drawn: nobody should bump into what they do not see. */
  get obstacles(): Obstacle[] {
    return this.trunks.flatMap((trunks) => trunks.slice(0, Math.ceil(trunks.length * this.share)));
  }

  /** Draws only a share of the trees and bushes, 0 to 1: those nearest to the middle. */
  setShare(share: number): void {
    this.share = share;
    for (const trees of this.trees) trees.count = Math.ceil(trees.instanceMatrix.count * share);
  }
}

function scatter(
  random: Seeded,
  count: number,
  fromM: number,
  toM: number,
  marginM: number,
  isGood: (x: number, z: number) => boolean,
): Spot[] {
  const spots: Spot[] = [];
  for (let attempt = 0; spots.length < count && attempt < count * 12; attempt++) {
    const angle = random.next() * Math.PI * 2;
    const distance = Math.sqrt(random.between(fromM * fromM, toM * toM));
    const x = Math.cos(angle) * distance;
    const z = Math.sin(angle) * distance;
    if (isKeptClear(x, z, marginM) || !isGood(x, z)) continue;
    // Big plants keep their distance from each other.
    if (marginM > 2 && spots.some((other) => Math.hypot(other.x - x, other.z - z) < marginM * 1.4)) continue;
    spots.push({ x, z, scale: random.between(0.75, 1.35), turn: random.next() * Math.PI * 2 });
  }
  return spots.sort((a, b) => Math.hypot(a.x, a.z) - Math.hypot(b.x, b.z));
}

function reedSpots(random: Seeded): Spot[] {
  return Array.from({ length: 90 }, () => {
    const angle = random.between(-0.9, 2.6);
    const distance = POND.radius * random.between(0.72, 0.98);
    return {
      x: POND.x + Math.cos(angle) * distance,
      z: POND.z + Math.sin(angle) * distance,
      scale: random.between(0.7, 1.3),
      turn: random.next() * 6,
    };
  });
}

function plant(
  geometry: BufferGeometry,
  spots: Spot[],
  tints: readonly number[],
  random: Seeded,
  castShadow = false,
): InstancedMesh {
  const mesh = new InstancedMesh(geometry, new MeshLambertMaterial({ vertexColors: true }), spots.length);
  const place = new Object3D();
  const tint = new Color();
  spots.forEach((spot, index) => {
    place.position.set(spot.x, groundHeight(spot.x, spot.z) - 0.03, spot.z);
    place.rotation.set(0, spot.turn, 0);
    place.scale.set(spot.scale, spot.scale * random.between(0.85, 1.2), spot.scale);
    place.updateMatrix();
    mesh.setMatrixAt(index, place.matrix);
    mesh.setColorAt(index, tint.set(random.pick(tints)));
  });
  mesh.castShadow = castShadow;
  mesh.receiveShadow = castShadow;
  return mesh;
}

/** Moves each vertex a little, the same way for vertices at the same place, so that faces stay joined. */
function roughen(geometry: BufferGeometry, amount: number): BufferGeometry {
  const position = geometry.getAttribute('position');
  for (let i = 0; i < position.count; i++) {
    const [x, y, z] = [position.getX(i), position.getY(i), position.getZ(i)];
    const push = 1 + (noise2(x * 3 + y * 5 + 11, z * 3 - y * 2) - 0.5) * amount;
    position.setXYZ(i, x * push, y * push, z * push);
  }
  geometry.computeVertexNormals();
  return geometry;
}

function makeLeafyTree(): BufferGeometry {
  const trunk = new CylinderGeometry(0.2, 0.34, 2.4, 7).translate(0, 1.2, 0);
  const crown = [
    [0, 3.5, 0, 1.75],
    [1.05, 2.95, 0.35, 1.15],
    [-0.95, 3.05, -0.45, 1.2],
    [0.15, 4.5, -0.25, 1.15],
  ].map(([x, y, z, radius]) => roughen(new IcosahedronGeometry(radius, 1), 0.35).scale(1, 0.86, 1).translate(x, y, z));
  return join([paint(trunk, 0x6d4f38, 0x8a6a4c), ...crown.map((part) => paint(part, 0x4f7f37, 0x9cbb4f))]);
}

function makePine(): BufferGeometry {
  const trunk = new CylinderGeometry(0.16, 0.28, 1.4, 6).translate(0, 0.7, 0);
  const tiers = [
    [1.75, 2.2, 2.0],
    [1.4, 2.0, 3.3],
    [0.95, 1.9, 4.6],
  ].map(([radius, height, y]) => new ConeGeometry(radius, height, 9).translate(0, y, 0));
  return join([paint(trunk, 0x5c4433, 0x6d5340), ...tiers.map((tier) => paint(tier, 0x31593f, 0x6a9a5b))]);
}

function makeBush(): BufferGeometry {
  const parts = [
    [0, 0.36, 0, 0.55],
    [0.45, 0.28, 0.15, 0.4],
    [-0.38, 0.26, -0.2, 0.38],
  ].map(([x, y, z, radius]) => roughen(new IcosahedronGeometry(radius, 1), 0.4).translate(x, y, z));
  return join(parts.map((part) => paint(part, 0x4a7437, 0x93b255)));
}

function makeGrass(): BufferGeometry {
  const random = new Seeded(9);
  const blades = Array.from({ length: 5 }, () => {
    const [x, z, turn] = [random.between(-0.12, 0.12), random.between(-0.12, 0.12), random.next() * Math.PI];
    const tip = [random.between(-0.07, 0.07), random.between(0.14, 0.3), 0.05];
    const [left, right] = [
      [-0.022, 0, 0],
      [0.022, 0, 0],
    ];
    const geometry = new BufferGeometry();
    // Both faces, because a face seen from behind would be lit from below.
    geometry.setAttribute(
      'position',
      new Float32BufferAttribute([...left, ...right, ...tip, ...right, ...left, ...tip], 3),
    );
    geometry.computeVertexNormals();
    return paint(geometry.rotateY(turn).translate(x, 0, z), 0x6c9140, 0xb9cf6b);
  });
  const tuft = join(blades);
  // Blades are lit like the ground they stand on, whichever way they face.
  const normal = tuft.getAttribute('normal');
  for (let i = 0; i < normal.count; i++) normal.setXYZ(i, 0, 1, 0);
  return tuft;
}

function makeFlower(): BufferGeometry {
  return join([
    paint(new CylinderGeometry(0.008, 0.012, 0.24, 3, 1, true).translate(0, 0.12, 0), 0x6c9140),
    paint(new SphereGeometry(0.045, 5, 4).scale(1, 0.6, 1).translate(0, 0.25, 0), 0xffffff),
  ]);
}

function makeReed(): BufferGeometry {
  return join([
    paint(new CylinderGeometry(0.012, 0.022, 1.3, 3, 1, true).translate(0, 0.55, 0), 0x6f8746, 0xa9b566),
    paint(new CylinderGeometry(0.04, 0.04, 0.22, 5).translate(0, 1.2, 0), 0x6b4a30),
    paint(new ConeGeometry(0.03, 1, 3).rotateZ(0.22).translate(-0.14, 0.42, 0.05), 0x7d964d, 0xb3bf6d),
  ]);
}
