import { choice, colour, number, SHARE, text, truth } from '../property-builders.js';
import type { EntityTypeDefinition } from '../property-definition.js';
import { PULSE } from './pulse.js';

const MARGIN = [0, 1_000, 'm'] as const;

export const TEXT: EntityTypeDefinition = {
  type: 'Text',
  help: 'A board with writing on it.',
  properties: [
    text('text', '', 'What is written; \\n begins a line.'),
    number('lineHeight', 0.1, [0, 1_000, 'm'], 'Height of a line, and so of the letters.'),
    colour('textColor', 'Colour of the letters.'),
    number('textAlpha', 1, SHARE, 'How opaque the letters are.'),
    colour('backgroundColor', 'Colour of the board.', [0, 0, 0]),
    number('backgroundAlpha', 1, SHARE, 'How opaque the board is.'),
    number('leftMargin', 0, MARGIN, 'From its left edge to the letters.'),
    number('rightMargin', 0, MARGIN, 'From the letters to its right edge.'),
    number('topMargin', 0, MARGIN, 'From its upper edge to the letters.'),
    number('bottomMargin', 0, MARGIN, 'From the letters to its lower edge.'),
    choice('alignment', ['left', 'center', 'right'], 'Where lines begin.'),
    choice('verticalAlignment', ['top', 'bottom', 'center'], 'Where the first or last line is.'),
    truth('unlit', false, 'Whether no light changes its colours.'),
    text('font', '', 'Name or address of the font, such as Courier or Roboto; empty for any.'),
    choice('textEffect', ['none', 'outline', 'outline fill', 'shadow'], 'What distinguishes the letters.'),
    colour('textEffectColor', 'Colour of that effect.'),
    number('textEffectThickness', 0.2, [0, 0.5, ''], 'How thick that effect is, as a share of the letters.'),
    PULSE,
  ],
};
