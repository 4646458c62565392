import { DirectionalLight, Group, HemisphereLight, type Vector3 } from 'three';
import { SUN_DIRECTION } from './sky.js';

const SHADOW_HALF_M = 26;
const SHADOW_TEXELS = 2_048;

/** A low warm sun and a blue sky's light from above; the shadow follows the viewer. */
export class Sunlight {
  readonly group = new Group();
  private readonly sun = new DirectionalLight(0xffdca8, 3.1);

  constructor() {
    const { shadow } = this.sun;
    shadow.mapSize.set(SHADOW_TEXELS, SHADOW_TEXELS);
    shadow.camera.left = shadow.camera.bottom = -SHADOW_HALF_M;
    shadow.camera.right = shadow.camera.top = SHADOW_HALF_M;
    shadow.camera.near = 1;
    shadow.camera.far = 160;
    shadow.normalBias = 0.05;
    shadow.bias = -0.0006;
    shadow.radius = 3;
    this.sun.castShadow = true;
    this.group.add(this.sun, this.sun.target, new HemisphereLight(0xd6e6ff, 0xa39a6c, 1.7));
  }

  /** Keeps the shadowed area around the viewer, in steps of a texel so that edges do not crawl. */
  update(viewer: Vector3): void {
    const step = (2 * SHADOW_HALF_M) / SHADOW_TEXELS;
    const x = Math.round(viewer.x / step) * step;
    const z = Math.round(viewer.z / step) * step;
    this.sun.target.position.set(x, 0, z);
    this.sun.position.set(x, 0, z).addScaledVector(SUN_DIRECTION, 80);
  }

  setShadows(isOn: boolean): void {
    this.sun.castShadow = isOn;
  }
}
