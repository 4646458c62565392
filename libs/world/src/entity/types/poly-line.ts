import { colour, list, number, truth, url, vector } from '../property-builders.js';
import type { EntityTypeDefinition } from '../property-definition.js';
import { LINE_POINTS, LINE_POINTS_MAX } from './line-points.js';

export const POLY_LINE: EntityTypeDefinition = {
  type: 'PolyLine',
  help: 'A ribbon from point to point, as a brush draws it.',
  properties: [
    LINE_POINTS,
    list('strokeWidths', number('', 0, [0, 1_000, 'm'], ''), LINE_POINTS_MAX, 'How wide it is at each point.'),
    list('normals', vector('', [0, 0, 1], [-1, 1, ''], ''), LINE_POINTS_MAX, 'Where its face looks at each point.'),
    list(
      'strokeColors',
      vector('', [1, 1, 1], [0, 255, ''], ''),
      LINE_POINTS_MAX,
      'Its colour at each point, as x, y and z from 0 to 1; empty for color.',
    ),
    colour('color', 'Its colour.'),
    url('textures', 'The picture on it; empty for none.'),
    truth(
      'isUVModeStretch',
      true,
      'Whether the picture is stretched over all of it, instead of coming again and again.',
    ),
    truth('glow', false, 'Whether its edges fade.'),
    truth('faceCamera', false, 'Whether its face turns to each viewer.'),
  ],
};
