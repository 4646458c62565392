import { ENTITY_POSITION_M_MAX } from '../../limits.js';
import { list, vector } from '../property-builders.js';

/** Points of a line at most. */
export const LINE_POINTS_MAX = 4_096;

/** Points of a line, from one end to the other. */
export const LINE_POINTS = list(
  'linePoints',
  vector('', [0, 0, 0], [-ENTITY_POSITION_M_MAX, ENTITY_POSITION_M_MAX, 'm'], ''),
  LINE_POINTS_MAX,
  'Its points in order, seen from its position.',
);
