import {
  AdditiveBlending,
  BackSide,
  BufferAttribute,
  BufferGeometry,
  CanvasTexture,
  Color,
  Float32BufferAttribute,
  Group,
  IcosahedronGeometry,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  SphereGeometry,
  Sprite,
  SpriteMaterial,
  Vector3,
} from 'three';
import { join, paint } from './paint.js';
import { noise2, Seeded, smoothstep } from './seeded.js';

/** Colour of the air far away; the fog and the foot of the sky are the same, so that the world has no edge. */
export const HAZE = 0xf3dcc0;
/** Where the sun stands: low, to the left of who arrives and a little behind, so that faces and walls are lit. */
export const SUN_DIRECTION = new Vector3(-0.74, 0.56, 0.34).normalize();

const ZENITH = new Color(0x4f8fc9);
const MIDDLE = new Color(0xa9cfe2);
const HORIZON = new Color(HAZE);
const GLOW = new Color(0xffd08a);

/** Sky, sun, clouds and far mountains; moves with the camera, so that nobody ever comes closer. */
export class Sky {
  readonly group = new Group();
  private readonly clouds: Mesh;
  private readonly landscape = new Group();

  constructor() {
    this.clouds = makeClouds();
    this.landscape.add(makeSun(), makeMountains(), this.clouds);
    this.group.add(makeDome(), this.landscape);
    this.group.name = 'sky';
  }

  /** Whether sun, clouds and mountains are seen; not under another sky. */
  setLandscape(isSeen: boolean): void {
    this.landscape.visible = isSeen;
  }

  /** Follows the viewer and lets the clouds drift. */
  update(viewer: Vector3, timeS: number): void {
    this.group.position.set(viewer.x, 0, viewer.z);
    this.clouds.rotation.y = timeS * 0.002;
  }
}

/** What polished things reflect: the sky above, and the meadow below. */
export function makeReflectedSky(): Group {
  const meadow = new Mesh(
    new SphereGeometry(590, 16, 8, 0, Math.PI * 2, Math.PI / 2),
    new MeshBasicMaterial({ color: 0x7c8c54, side: BackSide, toneMapped: false }),
  );
  return new Group().add(makeDome(), meadow);
}

function makeDome(): Mesh {
  const geometry = new SphereGeometry(600, 40, 24);
  const position = geometry.getAttribute('position');
  const colours = new Float32Array(position.count * 3);
  const colour = new Color();
  const direction = new Vector3();
  for (let i = 0; i < position.count; i++) {
    direction.fromBufferAttribute(position, i).normalize();
    const height = Math.max(0, direction.y);
    colour
      .copy(HORIZON)
      .lerp(MIDDLE, smoothstep(0.02, 0.24, height))
      .lerp(ZENITH, smoothstep(0.2, 0.85, height));
    // Around the sun the air glows.
    colour.lerp(GLOW, 0.75 * Math.max(0, direction.dot(SUN_DIRECTION)) ** 6);
    colour.toArray(colours, i * 3);
  }
  geometry.setAttribute('color', new BufferAttribute(colours, 3));
  const dome = new Mesh(
    geometry,
    new MeshBasicMaterial({ vertexColors: true, side: BackSide, fog: false, depthWrite: false, toneMapped: false }),
  );
  // After everything else, so that only the pixels that stay sky are drawn.
  dome.renderOrder = 1;
  return dome;
}

function makeSun(): Sprite {
  const size = 128;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d')!;
  const gradient = context.createRadialGradient(size / 2, size / 2, 0, size / 2, size / 2, size / 2);
  gradient.addColorStop(0, 'rgba(255,250,230,1)');
  gradient.addColorStop(0.12, 'rgba(255,244,210,1)');
  gradient.addColorStop(0.15, 'rgba(255,228,170,0.34)');
  gradient.addColorStop(0.45, 'rgba(255,214,150,0.1)');
  gradient.addColorStop(1, 'rgba(255,210,130,0)');
  context.fillStyle = gradient;
  context.fillRect(0, 0, size, size);
  const sun = new Sprite(
    new SpriteMaterial({
      map: new CanvasTexture(canvas),
      blending: AdditiveBlending,
      fog: false,
      depthWrite: false,
      toneMapped: false,
    }),
  );
  sun.position.copy(SUN_DIRECTION).multiplyScalar(560);
  sun.scale.setScalar(230);
  return sun;
}

/** Two rows of low-poly ridges, the nearer one darker. */
function makeMountains(): Mesh {
  const positions: number[] = [];
  const colours: number[] = [];
  for (const { radius, height, colour, seed } of [
    { radius: 430, height: 92, colour: 0xc9c3bf, seed: 3 },
    { radius: 340, height: 52, colour: 0xa9b59c, seed: 17 },
  ]) {
    const top = new Color(colour);
    const bottom = new Color(HAZE);
    const steps = 90;
    const ridge = (step: number): number =>
      height * (0.25 + 0.55 * noise2((step % steps) / 4 + seed, seed) + 0.35 * noise2((step % steps) * 0.9, seed));
    for (let step = 0; step < steps; step++) {
      const [a, b] = [step, step + 1].map((index) => (index / steps) * Math.PI * 2);
      const [ax, az, bx, bz] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b)].map((part) => part * radius);
      const [ay, by] = [ridge(step), ridge(step + 1)];
      positions.push(ax, -8, az, bx, by, bz, bx, -8, bz, ax, -8, az, ax, ay, az, bx, by, bz);
      for (const isTop of [false, true, false, false, true, true]) colours.push(...(isTop ? top : bottom).toArray());
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute(positions, 3));
  geometry.setAttribute('color', new Float32BufferAttribute(colours, 3));
  return new Mesh(geometry, new MeshBasicMaterial({ vertexColors: true, fog: false, side: 2, toneMapped: false }));
}

function makeClouds(): Mesh {
  const random = new Seeded(5);
  const puffs: BufferGeometry[] = [];
  for (let cloud = 0; cloud < 11; cloud++) {
    const angle = (cloud / 11) * Math.PI * 2 + random.between(-0.15, 0.15);
    const distance = random.between(240, 330);
    const height = random.between(70, 125);
    const count = Math.round(random.between(3, 7));
    for (let puff = 0; puff < count; puff++) {
      const radius = random.between(9, 20) * (1 - Math.abs(puff - count / 2) / count);
      const geometry = new IcosahedronGeometry(radius, 1).scale(1.5, 0.62, 1);
      geometry.translate((puff - count / 2) * 15, random.between(-2, 3), random.between(-5, 5));
      geometry.rotateY(-angle + Math.PI / 2);
      geometry.translate(Math.cos(angle) * distance, height, Math.sin(angle) * distance);
      puffs.push(paint(geometry, 0xffe9d2, 0xffffff));
    }
  }
  return new Mesh(
    join(puffs),
    new MeshLambertMaterial({
      vertexColors: true,
      fog: false,
      flatShading: true,
      emissive: 0xb9b2b4,
      transparent: true,
      opacity: 0.94,
    }),
  );
}
