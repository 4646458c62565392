import type { EntityTypeDefinition } from '../property-definition.js';
import { shapeProperties } from './shape.js';

export const SPHERE: EntityTypeDefinition = {
  type: 'Sphere',
  help: 'A ball, or with unequal dimensions an egg: a Shape whose form is a sphere at first.',
  properties: shapeProperties('Sphere'),
};
