import { colour } from '../property-builders.js';
import type { EntityTypeDefinition } from '../property-definition.js';
import { LINE_POINTS } from './line-points.js';

export const LINE: EntityTypeDefinition = {
  type: 'Line',
  help: 'Straight lines from point to point, one pixel wide.',
  properties: [LINE_POINTS, colour('color', 'Its colour.')],
};
