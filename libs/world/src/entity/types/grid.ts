import { colour, integer, number, SHARE, truth } from '../property-builders.js';
import type { EntityTypeDefinition } from '../property-definition.js';
import { PULSE } from './pulse.js';

export const GRID: EntityTypeDefinition = {
  type: 'Grid',
  help: 'Lines across a floor.',
  properties: [
    colour('color', 'Its colour.'),
    number('alpha', 1, SHARE, 'How opaque it is.'),
    truth('followCamera', true, 'Whether it goes where the viewer goes.'),
    integer('majorGridEvery', 5, [1, 1_000_000, ''], 'Every how many lines there is a thick one.'),
    number('minorGridEvery', 1, [0, 10_000, 'm'], 'From one line to the next.'),
    PULSE,
  ],
};
