import { BufferGeometry, Float32BufferAttribute, Line, LineBasicMaterial } from 'three';
import type { EntityVisual } from '../entity-visual.js';
import { asVector, type ShownValues } from '../shown-values.js';

/** Straight lines from point to point. */
export class LineVisual implements EntityVisual {
  readonly content = new Line(new BufferGeometry(), new LineBasicMaterial());

  show(values: ShownValues): void {
    const points = values.list('linePoints').flatMap((value) => {
      const point = asVector(value);
      return point ? [point.x, point.y, point.z] : [];
    });
    const { content } = this;
    // Another number of points needs another place in the graphics memory.
    content.geometry.dispose();
    content.geometry = new BufferGeometry();
    content.geometry.setAttribute('position', new Float32BufferAttribute(points, 3));
    content.material.color.setHex(values.colour('color'));
  }

  dispose(): void {
    this.content.geometry.dispose();
    this.content.material.dispose();
  }
}
