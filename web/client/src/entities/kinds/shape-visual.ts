import { type BufferGeometry, DoubleSide, FrontSide, Mesh, MeshBasicMaterial, MeshLambertMaterial } from 'three';
import type { EntityVisual, Frame, MaterialLook } from '../entity-visual.js';
import { Dress } from '../material-look.js';
import type { ShownValues } from '../shown-values.js';
import { applyPulse, type Pulse, readPulse } from './pulse.js';
import { isFlat, shapeGeometry } from './shape-geometry.js';

/** What a flat form, or a body without one extent, still has of it, in metres: nothing can be turned inside out. */
const EXTENT_M_MIN = 0.001;

/** Box, Sphere and Shape. */
export class ShapeVisual implements EntityVisual {
  private readonly lit = new MeshLambertMaterial();
  private unlit: MeshBasicMaterial | undefined;
  readonly content = new Mesh<BufferGeometry, MeshLambertMaterial | MeshBasicMaterial>(shapeGeometry('Cube'), this.lit);
  private readonly clothes = new Dress();
  private look: MaterialLook | undefined;
  private pulse: Pulse | undefined;

  show(values: ShownValues): void {
    const form = values.text('shape');
    const { content } = this;
    this.clothes.takeOff();
    const material = values.truth('unlit') ? (this.unlit ??= new MeshBasicMaterial({ toneMapped: false })) : this.lit;
    content.material = material;
    content.geometry = shapeGeometry(form);
    const { x, y, z } = values.vector('dimensions');
    content.scale.set(Math.max(EXTENT_M_MIN, x), Math.max(EXTENT_M_MIN, y), Math.max(EXTENT_M_MIN, z));
    const { middle } = values;
    content.position.set(middle.x, middle.y, middle.z);
    material.color.setHex(values.colour('color'));
    material.wireframe = values.text('primitiveMode') === 'lines';
    const alpha = Math.min(1, Math.max(0, values.number('alpha', 1)));
    const side = isFlat(form) ? DoubleSide : FrontSide;
    if (material.transparent !== alpha < 1 || material.side !== side) material.needsUpdate = true;
    material.side = side;
    material.transparent = alpha < 1;
    material.opacity = alpha;
    content.visible = alpha > 0;
    content.castShadow = values.truth('canCastShadow') && alpha > 0.5;
    content.receiveShadow = true;
    this.pulse = readPulse(values, values.colour('color'), alpha);
    if (this.look) this.clothes.wear(content, this.look);
  }

  handleFrame({ serverS }: Frame): void {
    if (this.pulse && !this.look) applyPulse(this.pulse, this.content.material, serverS);
  }

  dress(look: MaterialLook | undefined): void {
    this.look = look;
    this.clothes.wear(this.content, look);
  }

  dispose(): void {
    this.clothes.takeOff();
    this.lit.dispose();
    this.unlit?.dispose();
  }
}
