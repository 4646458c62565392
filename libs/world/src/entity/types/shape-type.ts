import { choice } from '../property-builders.js';
import type { PropertyDefinition } from '../property-definition.js';

const NAMES = [
  'none',
  'box',
  'sphere',
  'capsule-x',
  'capsule-y',
  'capsule-z',
  'cylinder-x',
  'cylinder-y',
  'cylinder-z',
  'hull',
  'plane',
  'compound',
  'simple-hull',
  'simple-compound',
  'static-mesh',
  'ellipsoid',
  'circle',
  'multisphere',
];

/** The form that counts where the looks do not: for collisions, for who is inside, for where particles come from. */
export function shapeType(value: string, help: string): PropertyDefinition {
  return { ...choice('shapeType', NAMES, help), default: value };
}
