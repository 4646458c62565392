import {
  BufferAttribute,
  BufferGeometry,
  CanvasTexture,
  Color,
  Points,
  ShaderMaterial,
  type Texture,
  Vector2,
  Vector3,
} from 'three';
import type { EntityId } from '@vicinity/sdk';
import { Seeded } from '../../world/seeded.js';
import { BorrowedTexture } from '../borrowed-texture.js';
import type { EntityVisual, Frame, VisualSurroundings } from '../entity-visual.js';
import type { ShownValues } from '../shown-values.js';
import { drawBirths, particleEdgePxMax, particleLawOf } from './particle-law.js';

// A particle's place follows from the time alone, so nothing is kept for it and everybody sees the same.
const VERTEX = /* glsl */ `
uniform float time; uniform float cycle; uniform float lifespan; uniform float scale; uniform float edgeMax;
uniform vec3 radii; uniform vec3 alphas; uniform vec3 colourStart; uniform vec3 colourMiddle; uniform vec3 colourFinish;
uniform float radiusSpread;
attribute float birth; attribute vec3 velocity; attribute vec3 acceleration; attribute float chance;
varying vec4 tint;
float along(vec3 v, float t) { return t < 0.5 ? mix(v.x, v.y, t * 2.0) : mix(v.y, v.z, t * 2.0 - 1.0); }
void main() {
  float age = mod(time - birth, cycle);
  float t = age / lifespan;
  vec3 place = position + velocity * age + 0.5 * acceleration * age * age;
  vec4 seen = modelViewMatrix * vec4(place, 1.0);
  gl_Position = projectionMatrix * seen;
  float radius = max(0.0, along(radii, t) + (chance * 2.0 - 1.0) * radiusSpread);
  gl_PointSize = t > 1.0 ? 0.0 : clamp(radius * 2.0 * scale / max(0.05, -seen.z), 0.0, edgeMax);
  if (t > 1.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  vec3 colour = t < 0.5 ? mix(colourStart, colourMiddle, t * 2.0) : mix(colourMiddle, colourFinish, t * 2.0 - 1.0);
  tint = vec4(colour, along(alphas, t));
}`;
const FRAGMENT = /* glsl */ `
uniform sampler2D map; varying vec4 tint;
void main() {
  vec4 colour = tint * texture2D(map, gl_PointCoord);
  if (colour.a < 0.01) discard;
  gl_FragColor = colour;
  #include <colorspace_fragment>
}`;

/** Smoke, sparks, snow. */
export class ParticleVisual implements EntityVisual {
  private readonly material = new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    transparent: true,
    depthWrite: false,
    uniforms: {
      time: { value: 0 },
      cycle: { value: 1 },
      lifespan: { value: 1 },
      scale: { value: 500 },
      edgeMax: { value: 1 },
      radii: { value: new Vector3() },
      radiusSpread: { value: 0 },
      alphas: { value: new Vector3() },
      colourStart: { value: new Color() },
      colourMiddle: { value: new Color() },
      colourFinish: { value: new Color() },
      map: { value: softDot() },
    },
  });
  readonly content = new Points(new BufferGeometry(), this.material);
  private readonly picture: BorrowedTexture;
  private readonly size = new Vector2();

  constructor(
    private readonly id: EntityId,
    surroundings: VisualSurroundings,
  ) {
    this.content.frustumCulled = false;
    this.picture = new BorrowedTexture(id, surroundings, () => {
      this.material.uniforms.map.value = this.picture.texture ?? softDot();
    });
    this.content.onBeforeRender = (renderer, _scene, camera) => {
      // Pixels that something of one metre has at a distance of one metre.
      renderer.getDrawingBufferSize(this.size);
      this.material.uniforms.scale.value = (this.size.y / 2) * camera.projectionMatrix.elements[5];
    };
  }

  show(values: ShownValues): void {
    const law = particleLawOf(values);
    const { uniforms } = this.material;
    uniforms.cycle.value = law.cycleS;
    uniforms.lifespan.value = law.lifespanS;
    uniforms.edgeMax.value = particleEdgePxMax(law.count);
    uniforms.radiusSpread.value = values.number('radiusSpread');
    (uniforms.radii.value as Vector3).set(...law.radii);
    (uniforms.alphas.value as Vector3).set(...law.alphas);
    ['colourStart', 'colourMiddle', 'colourFinish'].forEach((name, index) =>
      (uniforms[name].value as Color).setHex(law.colours[index]),
    );
    const { middle } = values;
    this.content.position.set(middle.x, middle.y, middle.z);
    this.picture.ask(values.text('textures'));
    const seeded = new Seeded(seedOf(this.id));
    const births = drawBirths(law, values, () => seeded.next());
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(births.origins, 3));
    geometry.setAttribute('velocity', new BufferAttribute(births.velocities, 3));
    geometry.setAttribute('acceleration', new BufferAttribute(births.accelerations, 3));
    geometry.setAttribute('birth', new BufferAttribute(births.births, 1));
    geometry.setAttribute('chance', new BufferAttribute(births.chances, 1));
    this.content.geometry.dispose();
    this.content.geometry = geometry;
    this.content.visible = law.count > 0;
  }

  handleFrame({ serverS }: Frame): void {
    const { uniforms } = this.material;
    // The graphics card counts with few digits, so the clock begins again with each cycle.
    uniforms.time.value = serverS % (uniforms.cycle.value as number);
  }

  dispose(): void {
    this.picture.dispose();
    this.content.geometry.dispose();
    this.material.dispose();
  }
}

function seedOf(id: EntityId): number {
  return parseInt(id.slice(0, 8), 16) | 0;
}

let dot: Texture | undefined;

function softDot(): Texture {
  if (dot) return dot;
  const size = 64;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const pen = canvas.getContext('2d')!;
  const gradient = pen.createRadialGradient(size / 2, size / 2, 0, size / 2, size / 2, size / 2);
  gradient.addColorStop(0, 'rgba(255,255,255,1)');
  gradient.addColorStop(0.4, 'rgba(255,255,255,0.75)');
  gradient.addColorStop(1, 'rgba(255,255,255,0)');
  pen.fillStyle = gradient;
  pen.fillRect(0, 0, size, size);
  dot = new CanvasTexture(canvas);
  return dot;
}
