import {
  BoxGeometry,
  BufferAttribute,
  CircleGeometry,
  Color,
  CylinderGeometry,
  Group,
  Mesh,
  MeshLambertMaterial,
  MeshPhongMaterial,
  SphereGeometry,
  type BufferGeometry,
} from 'three';
import { join, paint } from './paint.js';
import { POND } from './place.js';
import { noise2, Seeded } from './seeded.js';

/** Still water with lilies and a small jetty. */
export class Pond {
  readonly group = new Group();
  private readonly water: Mesh<CircleGeometry, MeshPhongMaterial>;
  private readonly restingY: Float32Array;

  constructor() {
    const geometry = new CircleGeometry(POND.radius * 0.96, 48);
    geometry.rotateX(-Math.PI / 2);
    const position = geometry.getAttribute('position');
    this.restingY = Float32Array.from({ length: position.count }, (_, i) => position.getY(i));
    const colours = new Float32Array(position.count * 3);
    // The first vertex is the middle: deep there, clear at the shore.
    for (let i = 0; i < position.count; i++) new Color(i === 0 ? 0x2f6f86 : 0x8fc4bd).toArray(colours, i * 3);
    geometry.setAttribute('color', new BufferAttribute(colours, 3));
    this.water = new Mesh(
      geometry,
      new MeshPhongMaterial({
        vertexColors: true,
        specular: 0xffe2b0,
        shininess: 60,
        transparent: true,
        opacity: 0.84,
        emissive: 0x1b3d4a,
      }),
    );
    this.water.position.y = POND.surfaceM;
    this.group.add(this.water, makeThings());
    this.group.position.set(POND.x, 0, POND.z);
    this.group.name = 'pond';
  }

  /** A breath of wind on the water. */
  update(timeS: number): void {
    const position = this.water.geometry.getAttribute('position');
    for (let i = 1; i < position.count; i++) {
      position.setY(i, this.restingY[i] + Math.sin(timeS * 0.9 + i * 0.7) * 0.02);
    }
    position.needsUpdate = true;
    this.water.material.shininess = 60 + Math.sin(timeS) * 8;
  }
}

function makeThings(): Mesh {
  const random = new Seeded(31);
  const parts: BufferGeometry[] = [];
  for (let index = 0; index < 16; index++) {
    const angle = random.next() * Math.PI * 2;
    const distance = POND.radius * random.between(0.25, 0.72);
    const [x, z] = [Math.cos(angle) * distance, Math.sin(angle) * distance];
    // The jetty comes from the west.
    if (x < -1 && Math.abs(z) < 1.6) continue;
    const leaf = new CylinderGeometry(0.36, 0.36, 0.025, 12, 1, false, 0.4, 5.6).scale(random.between(0.7, 1.25), 1, 1);
    parts.push(paint(leaf.rotateY(angle * 3).translate(x, POND.surfaceM + 0.035, z), 0x5f9150));
    if (index % 3 === 0) {
      parts.push(
        paint(
          new SphereGeometry(0.13, 7, 4).scale(1, 0.7, 1).translate(x, POND.surfaceM + 0.12, z),
          0xf7d9e3,
          0xffffff,
        ),
      );
    }
  }
  for (let plank = 0; plank < 11; plank++) {
    const x = -POND.radius - 0.4 + plank * 0.52;
    parts.push(
      paint(
        new BoxGeometry(0.46, 0.07, 1.5 + (noise2(plank, 1) - 0.5) * 0.14).translate(x, 0.1, 0),
        0x8d6f50,
        0xa98a66,
      ),
    );
    if (plank % 3 === 2) {
      for (const side of [-0.68, 0.68]) {
        parts.push(paint(new CylinderGeometry(0.07, 0.07, 1.5, 6).translate(x, -0.25, side), 0x6a5039));
      }
    }
  }
  const things = new Mesh(join(parts), new MeshLambertMaterial({ vertexColors: true }));
  things.castShadow = things.receiveShadow = true;
  return things;
}
