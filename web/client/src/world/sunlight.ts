import { DirectionalLight, Group, HemisphereLight, type Vector3 } from 'three';
import { SUN_DIRECTION } from './sky.js';

export const SUN_COLOUR = 0xffdca8;
export const SUN_INTENSITY = 3.1;
export const AMBIENT_INTENSITY = 1.7;

const SHADOW_HALF_M = 26;
const SHADOW_TEXELS = 2_048;

/** A low warm sun and a blue sky's light from above; the shadow follows the viewer. */
export class Sunlight {
  readonly group = new Group();
  /** The sun itself; the atmosphere changes colour and intensity. */
  readonly light = new DirectionalLight(SUN_COLOUR, SUN_INTENSITY);
  /** The light from everywhere; likewise. */
  readonly hemisphere = new HemisphereLight(0xd6e6ff, 0xa39a6c, AMBIENT_INTENSITY);
  /** Towards the sun; length 1. */
  readonly direction = SUN_DIRECTION.clone();

  constructor() {
    const { shadow } = this.light;
    shadow.mapSize.set(SHADOW_TEXELS, SHADOW_TEXELS);
    shadow.camera.left = shadow.camera.bottom = -SHADOW_HALF_M;
    shadow.camera.right = shadow.camera.top = SHADOW_HALF_M;
    shadow.camera.near = 1;
    shadow.camera.far = 160;
    shadow.normalBias = 0.05;
    shadow.bias = -0.0006;
    shadow.radius = 3;
    this.light.castShadow = true;
    this.group.add(this.light, this.light.target, this.hemisphere);
  }

  /** Keeps the shadowed area around the viewer, in steps of a texel so that edges do not crawl. */
  update(viewer: Vector3): void {
    const step = (2 * SHADOW_HALF_M) / SHADOW_TEXELS;
    const x = Math.round(viewer.x / step) * step;
    const z = Math.round(viewer.z / step) * step;
    this.light.target.position.set(x, 0, z);
    this.light.position.set(x, 0, z).addScaledVector(this.direction, 80);
  }

  setShadows(isOn: boolean): void {
    this.light.castShadow = isOn;
  }
}
