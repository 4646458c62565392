import {
  BufferAttribute,
  CanvasTexture,
  Color,
  Mesh,
  MeshLambertMaterial,
  PlaneGeometry,
  RepeatWrapping,
  SRGBColorSpace,
} from 'three';
import { groundHeight, pathAmount, POND } from './place.js';
import { noise2, Seeded, smoothstep } from './seeded.js';

const SIZE_M = 420;
const SEGMENTS = 104;
/** Width of one repetition of the grain. */
const GRAIN_M = 2.6;
const GRASS_LIGHT = new Color(0x96b456);
const GRASS_DARK = new Color(0x64903f);
const EARTH = new Color(0xb99a6b);
const SAND = new Color(0xd3bf8c);
const HILL = new Color(0x6f9455);

/** The meadow: one mesh, coloured by what grows there, with a fine grain so that one sees oneself move. */
export class Ground {
  readonly mesh = makeMesh();
  private readonly fine = this.mesh.geometry.index!;
  private readonly coarse = makeCoarseIndex();

  /** Draws every vertex, or only every other one in each direction. */
  setFine(isFine: boolean): void {
    this.mesh.geometry.setIndex(isFine ? this.fine : this.coarse);
  }
}

function makeCoarseIndex(): BufferAttribute {
  const indices: number[] = [];
  const row = SEGMENTS + 1;
  for (let z = 0; z < SEGMENTS; z += 2) {
    for (let x = 0; x < SEGMENTS; x += 2) {
      const corner = z * row + x;
      const below = corner + 2 * row;
      indices.push(corner, below, corner + 2, below, below + 2, corner + 2);
    }
  }
  return new BufferAttribute(new Uint16Array(indices), 1);
}

function makeMesh(): Mesh {
  const geometry = new PlaneGeometry(SIZE_M, SIZE_M, SEGMENTS, SEGMENTS).rotateX(-Math.PI / 2);
  const position = geometry.getAttribute('position');
  const colours = new Float32Array(position.count * 3);
  const colour = new Color();
  for (let i = 0; i < position.count; i++) {
    // Vertices gather in the middle, where people walk and paths need an edge.
    const x = spread(position.getX(i));
    const z = spread(position.getZ(i));
    position.setXYZ(i, x, groundHeight(x, z), z);
    colourAt(x, z, colour).toArray(colours, i * 3);
  }
  // The texture is laid out in metres, because the vertices are not evenly spread.
  const uv = geometry.getAttribute('uv');
  for (let i = 0; i < position.count; i++) uv.setXY(i, position.getX(i) / GRAIN_M, position.getZ(i) / GRAIN_M);
  geometry.setAttribute('color', new BufferAttribute(colours, 3));
  geometry.computeVertexNormals();
  const ground = new Mesh(geometry, new MeshLambertMaterial({ vertexColors: true, map: makeGrain() }));
  ground.receiveShadow = true;
  ground.name = 'ground';
  return ground;
}

function spread(metres: number): number {
  const t = Math.abs(metres) / (SIZE_M / 2);
  return Math.sign(metres) * (SIZE_M / 2) * (0.17 * t + 0.83 * t * t * t);
}

function colourAt(x: number, z: number, out: Color): Color {
  const patches = noise2(x / 7, z / 7) * 0.65 + noise2(x / 2.1 + 40, z / 2.1) * 0.35;
  out.copy(GRASS_DARK).lerp(GRASS_LIGHT, patches);
  out.lerp(HILL, smoothstep(60, 130, Math.hypot(x, z)) * 0.7);
  out.lerp(EARTH, pathAmount(x, z) * 0.92);
  const fromPond = Math.hypot(x - POND.x, z - POND.z) + (noise2(x, z) - 0.5) * 1.2;
  return out.lerp(SAND, 1 - smoothstep(POND.radius * 0.9, POND.radius + 1.1, fromPond));
}

function makeGrain(): CanvasTexture {
  const size = 256;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#e9e9e9';
  context.fillRect(0, 0, size, size);
  const random = new Seeded(11);
  for (let blade = 0; blade < 5_200; blade++) {
    const shade = Math.round(random.between(190, 255));
    context.fillStyle = `rgba(${shade},${shade},${shade},0.55)`;
    context.fillRect(random.next() * size, random.next() * size, random.between(0.8, 1.8), random.between(2, 6));
  }
  const texture = new CanvasTexture(canvas);
  texture.colorSpace = SRGBColorSpace;
  texture.wrapS = texture.wrapT = RepeatWrapping;
  texture.anisotropy = 4;
  return texture;
}
