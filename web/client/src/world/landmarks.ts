import {
  BoxGeometry,
  CylinderGeometry,
  Group,
  IcosahedronGeometry,
  Mesh,
  MeshLambertMaterial,
  SphereGeometry,
  TorusGeometry,
  type BufferGeometry,
} from 'three';
import { join, paint } from './paint.js';
import { PAVILION, STONE_CIRCLE, type Obstacle } from './place.js';
import { Seeded } from './seeded.js';

/** What people built: the pavilion, the stone circle, lanterns along the path. One mesh, and one for what glows. */
export class Landmarks {
  readonly group = new Group();
  readonly obstacles: Obstacle[] = [];

  constructor() {
    const solid = [...this.makePavilion(), ...this.makeStones()];
    const glowing: BufferGeometry[] = [];
    for (const [x, z] of [
      [3.8, 22],
      [-4.2, 16],
      [5.2, 3.4],
      [-3.1, -14],
      [3.1, -19],
      [-14.5, -6.2],
      [13.5, -6.6],
    ]) {
      this.obstacles.push({ x, z, radius: 0.22, isTall: true });
      solid.push(...makeLanternPost(x, z));
      glowing.push(paint(new IcosahedronGeometry(0.13, 1).translate(x, 1.96, z), 0xffd591));
    }
    const stone = new Mesh(join(solid), new MeshLambertMaterial({ vertexColors: true, flatShading: true }));
    stone.castShadow = stone.receiveShadow = true;
    const lights = new Mesh(
      join(glowing),
      new MeshLambertMaterial({ vertexColors: true, emissive: 0xffb65c, emissiveIntensity: 1.6 }),
    );
    this.group.add(stone, lights);
    this.group.name = 'landmarks';
  }

  private makePavilion(): BufferGeometry[] {
    const { x, z, radius, floorM } = PAVILION;
    const parts: BufferGeometry[] = [
      paint(new CylinderGeometry(radius, radius + 0.12, floorM / 2, 32).translate(0, floorM / 4, 0), 0xc9bda6),
      paint(new CylinderGeometry(radius - 0.5, radius - 0.4, floorM, 32).translate(0, floorM / 2, 0), 0xe2d8c4),
      paint(new TorusGeometry(radius - 0.9, 0.27, 8, 32).rotateX(Math.PI / 2).translate(0, 4.15, 0), 0xe8dfcc),
      paint(
        new SphereGeometry(radius - 0.55, 24, 9, 0, Math.PI * 2, 0, Math.PI / 2).scale(1, 0.5, 1).translate(0, 4.3, 0),
        0x4f8f8a,
        0x7cc0ae,
      ),
      paint(new SphereGeometry(0.24, 10, 8).translate(0, 6.85, 0), 0xe3b457),
      paint(new CylinderGeometry(0.05, 0.09, 0.5, 6).translate(0, 6.6, 0), 0xe3b457),
    ];
    for (let column = 0; column < 8; column++) {
      // Turned by half a step, so that the way in lies between two columns.
      const angle = ((column + 0.5) / 8) * Math.PI * 2 + Math.PI / 8 - Math.PI / 8;
      const [cx, cz] = [Math.cos(angle) * (radius - 0.9), Math.sin(angle) * (radius - 0.9)];
      this.obstacles.push({ x: x + cx, z: z + cz, radius: 0.36, isTall: true });
      parts.push(
        paint(new CylinderGeometry(0.2, 0.25, 3.5, 10).translate(cx, 2.2, cz), 0xded3bd, 0xf4ecdc),
        paint(new CylinderGeometry(0.34, 0.38, 0.22, 10).translate(cx, floorM + 0.1, cz), 0xcfc3ab),
        paint(new CylinderGeometry(0.36, 0.24, 0.24, 10).translate(cx, 3.9, cz), 0xcfc3ab),
      );
    }
    for (const part of parts) part.translate(x, 0, z);
    return parts;
  }

  private makeStones(): BufferGeometry[] {
    const random = new Seeded(77);
    const parts: BufferGeometry[] = [];
    const count = 10;
    for (let index = 0; index < count; index++) {
      const angle = (index / count) * Math.PI * 2;
      const x = STONE_CIRCLE.x + Math.cos(angle) * STONE_CIRCLE.radius;
      const z = STONE_CIRCLE.z + Math.sin(angle) * STONE_CIRCLE.radius;
      // The gap lets people in from the fire's side.
      if (index === 0) continue;
      const height = random.between(2.4, 3.8);
      this.obstacles.push({ x, z, radius: 0.75, isTall: true });
      parts.push(
        paint(
          weather(new BoxGeometry(1.15, height, 0.7, 2, 4, 2), random, 0.12)
            .rotateY(-angle + Math.PI / 2 + random.between(-0.12, 0.12))
            .rotateZ(random.between(-0.05, 0.05))
            .translate(x, height / 2 - 0.12, z),
          0x7f8672,
          0xb7b4a8,
        ),
      );
    }
    for (const angle of [0.3, 0.5, 0.7].map((turn) => turn * Math.PI * 2)) {
      const x = STONE_CIRCLE.x + Math.cos(angle) * STONE_CIRCLE.radius;
      const z = STONE_CIRCLE.z + Math.sin(angle) * STONE_CIRCLE.radius;
      parts.push(
        paint(
          weather(new IcosahedronGeometry(random.between(0.3, 0.5), 1), random, 0.15)
            .scale(1.3, 0.8, 1)
            .translate(x + 1.6, 0.2, z + 0.7),
          0x8b907f,
          0xaeb0a1,
        ),
      );
    }
    parts.push(
      paint(
        weather(new CylinderGeometry(1.15, 1.35, 0.75, 9, 2), random, 0.08).translate(
          STONE_CIRCLE.x,
          0.35,
          STONE_CIRCLE.z,
        ),
        0x8d9080,
        0xbdb9ab,
      ),
    );
    this.obstacles.push({ x: STONE_CIRCLE.x, z: STONE_CIRCLE.z, radius: 1.45 });
    return parts;
  }
}

/** Makes edges uneven. Vertices that share a place move together, so that no cracks open. */
function weather(geometry: BufferGeometry, random: Seeded, amountM: number): BufferGeometry {
  const position = geometry.getAttribute('position');
  const moves = new Map<string, [number, number, number]>();
  for (let i = 0; i < position.count; i++) {
    const key = [position.getX(i), position.getY(i), position.getZ(i)].map((part) => part.toFixed(3)).join();
    let move = moves.get(key);
    if (!move) {
      move = [0, 0, 0].map(() => random.between(-amountM, amountM)) as [number, number, number];
      moves.set(key, move);
    }
    position.setXYZ(i, position.getX(i) + move[0], position.getY(i) + move[1], position.getZ(i) + move[2]);
  }
  geometry.computeVertexNormals();
  return geometry;
}

function makeLanternPost(x: number, z: number): BufferGeometry[] {
  return [
    paint(new CylinderGeometry(0.05, 0.08, 1.8, 6).translate(x, 0.9, z), 0x5a4636, 0x6f5844),
    paint(new CylinderGeometry(0.17, 0.13, 0.06, 6).translate(x, 1.8, z), 0x4b3a2d),
    paint(new CylinderGeometry(0.02, 0.22, 0.16, 6).translate(x, 2.18, z), 0x4b3a2d),
  ];
}
