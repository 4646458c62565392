import { choice, group, number } from '../property-builders.js';

const MODES = ['none', 'in', 'out'];

/** How colour and transparency breathe; the predecessor keeps it for old worlds. */
export const PULSE = group(
  'pulse',
  [
    number('min', 0, [0, 1, ''], 'The least factor.'),
    number('max', 1, [0, 1, ''], 'The largest factor.'),
    number('period', 1, [0, 86_400, 's'], 'How long one turn takes.'),
    choice('colorMode', MODES, 'Whether colour changes, and whether with the turn or against it.'),
    choice('alphaMode', MODES, 'Whether transparency changes, and whether with the turn or against it.'),
  ],
  'Changes of colour and transparency that come again and again.',
);
