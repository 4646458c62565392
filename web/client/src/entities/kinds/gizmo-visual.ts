import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DoubleSide,
  Float32BufferAttribute,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
} from 'three';
import type { EntityVisual } from '../entity-visual.js';
import type { ShownValues } from '../shown-values.js';

const SEGMENTS = 96;
const MARKS_MAX = 720;
const DEGREE = Math.PI / 180;

/** A ring in its x and z, with colours that change along and across it, and marks. */
export class GizmoVisual implements EntityVisual {
  readonly content = new Group();
  private readonly ring = new Mesh(
    new BufferGeometry(),
    new MeshBasicMaterial({ vertexColors: true, transparent: true, side: DoubleSide, depthWrite: false }),
  );
  private readonly marks = new LineSegments(new BufferGeometry(), new LineBasicMaterial({ vertexColors: true }));

  constructor() {
    this.content.add(this.ring, this.marks);
  }

  show(values: ShownValues): void {
    const { x, z } = values.vector('dimensions');
    const { middle } = values;
    this.content.position.set(middle.x, middle.y, middle.z);
    this.content.scale.set(Math.max(0.001, x), 1, Math.max(0.001, z));
    const ring = values.group('ring');
    this.ring.geometry.dispose();
    this.ring.geometry = makeRing(ring);
    this.marks.visible = ring.truth('hasTickMarks');
    this.marks.geometry.dispose();
    this.marks.geometry = this.marks.visible ? makeMarks(ring) : new BufferGeometry();
  }

  dispose(): void {
    for (const part of [this.ring, this.marks]) {
      part.geometry.dispose();
      part.material.dispose();
    }
  }
}

function makeRing(ring: ShownValues): BufferGeometry {
  const [from, to] = [ring.number('startAngle') * DEGREE, ring.number('endAngle', 360) * DEGREE];
  const inner = 0.5 * Math.min(1, Math.max(0, ring.number('innerRadius')));
  const positions: number[] = [];
  const colours: number[] = [];
  const indices: number[] = [];
  const edges = (['inner', 'outer'] as const).map((edge) => ({
    radius: edge === 'inner' ? inner : 0.5,
    start: new Color(ring.colour(`${edge}StartColor`)),
    end: new Color(ring.colour(`${edge}EndColor`)),
    startAlpha: ring.number(`${edge}StartAlpha`, 1),
    endAlpha: ring.number(`${edge}EndAlpha`, 1),
  }));
  const colour = new Color();
  for (let step = 0; step <= SEGMENTS; step++) {
    const share = step / SEGMENTS;
    const angle = from + (to - from) * share;
    for (const { radius, start, end, startAlpha, endAlpha } of edges) {
      positions.push(Math.cos(angle) * radius, 0, -Math.sin(angle) * radius);
      colour.copy(start).lerp(end, share);
      colours.push(colour.r, colour.g, colour.b, startAlpha + (endAlpha - startAlpha) * share);
    }
    if (step > 0) {
      const corner = step * 2;
      indices.push(corner - 2, corner - 1, corner, corner, corner - 1, corner + 1);
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute(positions, 3));
  geometry.setAttribute('color', new Float32BufferAttribute(colours, 4));
  geometry.setIndex(new BufferAttribute(new Uint16Array(indices), 1));
  return geometry;
}

function makeMarks(ring: ShownValues): BufferGeometry {
  const positions: number[] = [];
  const colours: number[] = [];
  const [from, to] = [ring.number('startAngle'), ring.number('endAngle', 360)];
  for (const size of ['major', 'minor'] as const) {
    const every = ring.number(`${size}TickMarksAngle`);
    const length = ring.number(`${size}TickMarksLength`) * 0.5;
    if (every <= 0 || length === 0 || (to - from) / every > MARKS_MAX) continue;
    const base = length > 0 ? 0.5 * ring.number('innerRadius') : 0.5;
    const { r, g, b } = new Color(ring.colour(`${size}TickMarksColor`));
    for (let angle = from; angle <= to; angle += every) {
      const [cos, sin] = [Math.cos(angle * DEGREE), -Math.sin(angle * DEGREE)];
      positions.push(cos * base, 0, sin * base, cos * (base + length), 0, sin * (base + length));
      colours.push(r, g, b, r, g, b);
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute(positions, 3));
  geometry.setAttribute('color', new Float32BufferAttribute(colours, 3));
  return geometry;
}
