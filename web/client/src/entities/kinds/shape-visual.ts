import { DoubleSide, FrontSide, Mesh, MeshLambertMaterial } from 'three';
import type { EntityVisual, MaterialLook } from '../entity-visual.js';
import { Dress } from '../material-look.js';
import type { ShownValues } from '../shown-values.js';
import { isFlat, shapeGeometry } from './shape-geometry.js';

/** What a flat form, or a body without one extent, still has of it, in metres: nothing can be turned inside out. */
const EXTENT_M_MIN = 0.001;

/** Box, Sphere and Shape. */
export class ShapeVisual implements EntityVisual {
  private readonly material = new MeshLambertMaterial();
  readonly content = new Mesh(shapeGeometry('Cube'), this.material);
  private readonly clothes = new Dress();
  private look: MaterialLook | undefined;

  show(values: ShownValues): void {
    const form = values.text('shape');
    const { content, material } = this;
    this.clothes.takeOff();
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
    if (this.look) this.clothes.wear(content, this.look);
  }

  dress(look: MaterialLook | undefined): void {
    this.look = look;
    this.clothes.wear(this.content, look);
  }

  dispose(): void {
    this.clothes.takeOff();
    this.material.dispose();
  }
}
