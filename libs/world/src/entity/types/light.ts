import { ENTITY_DIMENSION_M_MAX } from '../../limits.js';
import { colour, number, truth } from '../property-builders.js';
import type { EntityTypeDefinition } from '../property-definition.js';

export const LIGHT: EntityTypeDefinition = {
  type: 'Light',
  help: 'A lamp; it shines within its dimensions.',
  properties: [
    colour('color', 'Its colour.'),
    number('intensity', 1, [0, 100_000, ''], 'How bright it is.'),
    number('falloffRadius', 0.1, [0, ENTITY_DIMENSION_M_MAX, 'm'], 'Where it begins to fade.'),
    truth('isSpotlight', false, 'Whether it shines along its -z only.'),
    number('exponent', 0, [0, 1_000, ''], 'How soft the edge of a spotlight is.'),
    number('cutoff', 1.57, [0, 90, '°'], 'Angle between the middle of a spotlight and its edge.'),
  ],
};
