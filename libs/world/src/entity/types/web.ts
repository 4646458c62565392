import { choice, colour, integer, number, SHARE, text, truth, url } from '../property-builders.js';
import type { EntityTypeDefinition } from '../property-definition.js';
import { PULSE } from './pulse.js';

export const WEB: EntityTypeDefinition = {
  type: 'Web',
  help: 'A surface with a web page.',
  properties: [
    url('sourceUrl', 'The page; empty for none.'),
    number('dpi', 30, [1, 65_535, 'px/inch'], 'How fine the page is.'),
    url('scriptURL', 'A script that the page runs; empty for none.'),
    integer('maxFPS', 10, [0, 255, '1/s'], 'How often the page is drawn at most.'),
    choice('inputMode', ['touch', 'mouse'], 'What the page takes pointers for.'),
    truth('wantsKeyboardFocus', true, 'Whether the keyboard may write to it.'),
    truth('showKeyboardFocusHighlight', true, 'Whether its edge shows that the keyboard writes to it.'),
    truth('useBackground', true, 'Whether the page has a background.'),
    text('userAgent', '', 'What it calls itself to the page’s server; empty for the browser’s own name.'),
    colour('color', 'What its colours are multiplied by.'),
    number('alpha', 1, SHARE, 'How opaque it is.'),
    PULSE,
  ],
};
