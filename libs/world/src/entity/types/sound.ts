import { number, truth, url } from '../property-builders.js';
import type { EntityTypeDefinition } from '../property-definition.js';

export const SOUND: EntityTypeDefinition = {
  type: 'Sound',
  help: 'Something that is heard, mixed by the server like the voices.',
  properties: [
    url('soundURL', 'The sound’s file; empty for silence.'),
    truth('playing', true, 'Whether it plays.'),
    truth('loop', true, 'Whether it begins again at its end.'),
    number('volume', 1, [0, 4, ''], 'How loud it is: 1 as in the file, 4 is 12 dB more.'),
    truth('positional', true, 'Whether it is heard from its position, instead of equally everywhere.'),
    number('timeOffset', 0, [0, 86_400, 's'], 'Where in the file it begins the first time.'),
  ],
};
