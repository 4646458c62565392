import {
  AdditiveBlending,
  BufferGeometry,
  ConeGeometry,
  CylinderGeometry,
  Float32BufferAttribute,
  Group,
  IcosahedronGeometry,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  PointLight,
  Points,
  PointsMaterial,
} from 'three';
import { join, paint } from './paint.js';
import { CAMPFIRE, type Obstacle } from './place.js';
import { Seeded } from './seeded.js';

const SPARKS = 26;

/** The fire in the middle, where people gather: logs to sit on, flames, sparks and a light that flickers. */
export class Campfire {
  readonly group = new Group();
  readonly obstacles: Obstacle[] = [{ ...CAMPFIRE, radius: 1.05 }];
  private readonly flames: Mesh[] = [];
  private readonly light = new PointLight(0xff9a4a, 26, 15, 1.7);
  private readonly sparks: Points;
  private readonly sparkPhases: number[];

  constructor() {
    const random = new Seeded(21);
    const wood = new Mesh(
      join([...makeHearth(random), ...this.makeBenches()]),
      new MeshLambertMaterial({ vertexColors: true, flatShading: true }),
    );
    wood.castShadow = wood.receiveShadow = true;
    for (const [radius, height, colour, x, z] of [
      [0.4, 1.15, 0xff7a26, 0, 0],
      [0.27, 0.95, 0xffb13d, 0.12, 0.06],
      [0.24, 0.8, 0xff9030, -0.16, -0.05],
      [0.16, 0.62, 0xffe08a, 0, 0.04],
    ]) {
      const flame = new Mesh(
        new ConeGeometry(radius, height, 7, 3, true).translate(0, height / 2, 0),
        new MeshBasicMaterial({
          color: colour,
          transparent: true,
          opacity: 0.82,
          blending: AdditiveBlending,
          depthWrite: false,
          side: 2,
        }),
      );
      flame.position.set(x, 0.14, z);
      this.flames.push(flame);
    }
    this.light.position.set(0, 1.25, 0);
    this.sparkPhases = Array.from({ length: SPARKS }, () => random.next());
    const sparkGeometry = new BufferGeometry();
    sparkGeometry.setAttribute('position', new Float32BufferAttribute(new Float32Array(SPARKS * 3), 3));
    this.sparks = new Points(
      sparkGeometry,
      new PointsMaterial({
        color: 0xffb55e,
        size: 0.055,
        transparent: true,
        opacity: 0.9,
        blending: AdditiveBlending,
        depthWrite: false,
      }),
    );
    this.sparks.frustumCulled = false;
    this.group.add(wood, ...this.flames, this.light, this.sparks);
    this.group.position.set(CAMPFIRE.x, 0, CAMPFIRE.z);
    this.group.name = 'campfire';
  }

  /** Lets the flames dance; with `isCalm` they only breathe, for people who asked for less motion. */
  update(timeS: number, isCalm: boolean): void {
    const speed = isCalm ? 0.25 : 1;
    const flicker = Math.sin(timeS * 11 * speed) * 0.5 + Math.sin(timeS * 17.3 * speed + 1) * 0.5;
    this.light.intensity = 26 + flicker * (isCalm ? 1 : 5);
    this.flames.forEach((flame, index) => {
      const wave = Math.sin(timeS * (7 + index * 2.3) * speed + index * 2);
      flame.scale.set(1 - wave * 0.08, 1 + wave * 0.16, 1 - wave * 0.08);
      flame.rotation.y = timeS * (0.8 + index * 0.4) * speed;
    });
    const position = this.sparks.geometry.getAttribute('position');
    this.sparkPhases.forEach((phase, index) => {
      const life = (timeS * 0.32 * speed + phase) % 1;
      const sway = Math.sin(phase * 40 + life * 7) * 0.35 * life;
      position.setXYZ(
        index,
        sway + Math.sin(phase * 90) * 0.2,
        0.4 + life * 3.1,
        Math.cos(phase * 60 + life * 5) * 0.3 * life,
      );
    });
    position.needsUpdate = true;
  }

  /** Whether the fire lights what is around it; every lit pixel costs. */
  setLight(isOn: boolean): void {
    this.light.visible = isOn;
  }

  private makeBenches(): BufferGeometry[] {
    return [0.35, 1.25, 2.1, 3.75, 5.1].map((angle) => {
      const [x, z] = [Math.cos(angle) * 3.1, Math.sin(angle) * 3.1];
      // A log is long: three circles keep people from walking through its ends.
      for (const along of [-0.6, 0, 0.6]) {
        this.obstacles.push({
          x: CAMPFIRE.x + x - Math.sin(angle) * along,
          z: CAMPFIRE.z + z + Math.cos(angle) * along,
          radius: 0.32,
        });
      }
      const log = new CylinderGeometry(0.25, 0.27, 1.8, 9).rotateX(Math.PI / 2).rotateY(-angle);
      return paint(log.translate(x, 0.22, z), 0x6b4c34, 0x94704c);
    });
  }
}

function makeHearth(random: Seeded): BufferGeometry[] {
  const parts: BufferGeometry[] = [];
  for (let index = 0; index < 12; index++) {
    const angle = (index / 12) * Math.PI * 2;
    const stone = new IcosahedronGeometry(random.between(0.17, 0.24), 0).rotateY(random.next() * 6).scale(1.1, 0.8, 1);
    parts.push(paint(stone.translate(Math.cos(angle) * 0.82, 0.09, Math.sin(angle) * 0.82), 0x77756f, 0xa5a29a));
  }
  for (let index = 0; index < 5; index++) {
    const log = new CylinderGeometry(0.07, 0.085, 0.95, 6).rotateZ(0.95).translate(0.2, 0.24, 0);
    parts.push(paint(log.rotateY((index / 5) * Math.PI * 2), 0x4a3426, 0x6e4e37));
  }
  parts.push(paint(new CylinderGeometry(0.72, 0.75, 0.04, 16).translate(0, 0.02, 0), 0x4a423b));
  return parts;
}
