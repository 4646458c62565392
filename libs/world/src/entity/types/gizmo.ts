import { choice, colour, group, number, SHARE, truth } from '../property-builders.js';
import type { EntityTypeDefinition } from '../property-definition.js';

const ANGLE = [0, 360, '°'] as const;
const LENGTH = [-1, 1, ''] as const;

const RING = group(
  'ring',
  [
    number('startAngle', 0, ANGLE, 'Where it begins.'),
    number('endAngle', 360, ANGLE, 'Where it ends.'),
    number('innerRadius', 0, SHARE, 'Radius of the hole in it, as a share of its own.'),
    colour('innerStartColor', 'Colour inside, where it begins.'),
    colour('innerEndColor', 'Colour inside, where it ends.'),
    colour('outerStartColor', 'Colour outside, where it begins.'),
    colour('outerEndColor', 'Colour outside, where it ends.'),
    number('innerStartAlpha', 1, SHARE, 'How opaque it is inside, where it begins.'),
    number('innerEndAlpha', 1, SHARE, 'How opaque it is inside, where it ends.'),
    number('outerStartAlpha', 1, SHARE, 'How opaque it is outside, where it begins.'),
    number('outerEndAlpha', 1, SHARE, 'How opaque it is outside, where it ends.'),
    truth('hasTickMarks', false, 'Whether there are marks on it.'),
    number('majorTickMarksAngle', 0, ANGLE, 'From one long mark to the next.'),
    number('minorTickMarksAngle', 0, ANGLE, 'From one short mark to the next.'),
    number('majorTickMarksLength', 0, LENGTH, 'Length of long marks; negative inwards.'),
    number('minorTickMarksLength', 0, LENGTH, 'Length of short marks; negative inwards.'),
    colour('majorTickMarksColor', 'Colour of long marks.'),
    colour('minorTickMarksColor', 'Colour of short marks.'),
  ],
  'What it looks like.',
);

export const GIZMO: EntityTypeDefinition = {
  type: 'Gizmo',
  help: 'A sign for those who build: a ring.',
  properties: [choice('gizmoType', ['ring'], 'What it is.'), RING],
};
