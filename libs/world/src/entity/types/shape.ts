import { choice, colour, number, SHARE, truth } from '../property-builders.js';
import type { EntityTypeDefinition, PropertyDefinition } from '../property-definition.js';
import { PULSE } from './pulse.js';

const FORMS = [
  'Circle',
  'Cone',
  'Cube',
  'Cylinder',
  'Dodecahedron',
  'Hexagon',
  'Icosahedron',
  'Octagon',
  'Octahedron',
  'Quad',
  'Sphere',
  'Tetrahedron',
  'Torus',
  'Triangle',
];

/** What Box, Sphere and Shape have, which differ in their form only. */
export function shapeProperties(form: string): readonly PropertyDefinition[] {
  return [
    { ...choice('shape', FORMS, 'Its form, which fills its dimensions.'), default: form },
    colour('color', 'Its colour.'),
    number('alpha', 1, SHARE, 'How opaque it is.'),
    truth('unlit', false, 'Whether no light changes its colour.'),
    PULSE,
  ];
}

export const SHAPE: EntityTypeDefinition = {
  type: 'Shape',
  help: 'A body of a simple form.',
  properties: shapeProperties('Sphere'),
};
