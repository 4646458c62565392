import { choice, integer, number, planarVector, text, truth, url } from '../property-builders.js';
import type { EntityTypeDefinition } from '../property-definition.js';

const FACTOR = [-10_000, 10_000, ''] as const;

export const MATERIAL: EntityTypeDefinition = {
  type: 'Material',
  help: 'What the surface of its parent looks like.',
  properties: [
    url('materialURL', 'The material’s file, or `materialData`; behind a # the name of one of several.'),
    text('materialData', '', 'The material itself: JSON as text.'),
    integer('priority', 0, [0, 65_535, ''], 'Of several on one parent the highest is seen.'),
    text(
      'parentMaterialName',
      '0',
      'Which of the parent’s materials it takes the place of: a number, mat:: and a name, or all.',
    ),
    choice(
      'materialMappingMode',
      ['uv', 'projected'],
      'Whether it lies on the surface, or is projected from its dimensions.',
    ),
    planarVector('materialMappingPos', [0, 0], FACTOR, 'Where it begins.'),
    planarVector('materialMappingScale', [1, 1], FACTOR, 'How large it is.'),
    number('materialMappingRot', 0, [-36_000, 36_000, '°'], 'How it is turned.'),
    truth('materialRepeat', true, 'Whether it comes again and again, instead of once.'),
  ],
};
