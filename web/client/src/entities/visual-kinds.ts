import { Group } from 'three';
import type { EntityVisual, VisualMaker } from './entity-visual.js';
import { GizmoVisual } from './kinds/gizmo-visual.js';
import { GridVisual } from './kinds/grid-visual.js';
import { ImageVisual } from './kinds/image-visual.js';
import { LightVisual } from './kinds/light-visual.js';
import { LineVisual } from './kinds/line-visual.js';
import { ModelVisual } from './kinds/model-visual.js';
import { ParticleVisual } from './kinds/particle-visual.js';
import { PolyLineVisual } from './kinds/poly-line-visual.js';
import { PolyVoxVisual } from './kinds/poly-vox-visual.js';
import { ShapeVisual } from './kinds/shape-visual.js';
import { TextVisual } from './kinds/text-visual.js';
import { WebVisual } from './kinds/web-visual.js';

const shape: VisualMaker = () => new ShapeVisual();

/** How each type is shown. Zone, Material, Sound and Empty are not: what they do is seen, or heard, elsewhere. */
const MAKERS: ReadonlyMap<string, VisualMaker> = new Map<string, VisualMaker>([
  ['Box', shape],
  ['Sphere', shape],
  ['Shape', shape],
  ['Model', (id, surroundings) => new ModelVisual(id, surroundings)],
  ['Text', () => new TextVisual()],
  ['Image', (id, surroundings) => new ImageVisual(id, surroundings)],
  ['Web', () => new WebVisual()],
  ['Light', (_id, surroundings) => new LightVisual(surroundings)],
  ['ParticleEffect', (id, surroundings) => new ParticleVisual(id, surroundings)],
  ['Line', () => new LineVisual()],
  ['PolyLine', (id, surroundings) => new PolyLineVisual(id, surroundings)],
  ['PolyVox', (id, surroundings) => new PolyVoxVisual(id, surroundings)],
  ['Grid', () => new GridVisual()],
  ['Gizmo', () => new GizmoVisual()],
]);

/** Makes what shows an entity of this type; nothing to be seen for types that have no looks, or are not known. */
export const makeVisual = (type: string, ...given: Parameters<VisualMaker>): EntityVisual =>
  MAKERS.get(type)?.(...given) ?? { content: new Group(), show: () => undefined, dispose: () => undefined };
