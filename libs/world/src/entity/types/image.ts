import { colour, group, integer, number, SHARE, truth, url } from '../property-builders.js';
import type { EntityTypeDefinition } from '../property-definition.js';
import { PULSE } from './pulse.js';

const PIXELS = [0, 65_535, 'px'] as const;

const SUB_IMAGE = group(
  'subImage',
  [
    integer('x', 0, PIXELS, 'From the left.'),
    integer('y', 0, PIXELS, 'From above.'),
    integer('width', 0, PIXELS, 'How wide; 0 for up to the edge.'),
    integer('height', 0, PIXELS, 'How high; 0 for up to the edge.'),
  ],
  'The part of the image that is shown.',
);

export const IMAGE: EntityTypeDefinition = {
  type: 'Image',
  help: 'A picture.',
  properties: [
    url('imageURL', 'The picture; empty for nothing.'),
    truth('emissive', false, 'Whether it shines by itself.'),
    truth('keepAspectRatio', true, 'Whether the picture keeps its proportions within its dimensions.'),
    SUB_IMAGE,
    colour('color', 'What its colours are multiplied by.'),
    number('alpha', 1, SHARE, 'How opaque it is.'),
    PULSE,
  ],
};
