import { ENTITY_POSITION_M_MAX } from '../../limits.js';
import { colour, group, list, number, rotation, text, truth, url, vector } from '../property-builders.js';
import type { EntityTypeDefinition } from '../property-definition.js';
import { shapeType } from './shape-type.js';

const JOINTS_MAX = 1_024;
const FRAMES = [0, 1_000_000, ''] as const;

const ANIMATION = group(
  'animation',
  [
    url('url', 'The animation, in a file of its own or in the model; empty for none.'),
    truth('running', false, 'Whether it plays.'),
    truth('loop', true, 'Whether it begins again at its end.'),
    number('fps', 30, [-1_000, 1_000, '1/s'], 'Frames in a second; negative plays it backwards.'),
    number('firstFrame', 0, FRAMES, 'The first frame that plays.'),
    number('lastFrame', 100_000, FRAMES, 'The last frame that plays.'),
    number('currentFrame', 0, FRAMES, 'The frame that it is at.'),
    truth('hold', false, 'Whether it stays at its last frame when it has ended.'),
    truth('allowTranslation', true, 'Whether it moves the model as well as turning its joints.'),
  ],
  'How it moves.',
);

export const MODEL: EntityTypeDefinition = {
  type: 'Model',
  help: 'A body from a file: glTF, GLB, or what the predecessor reads.',
  properties: [
    url('modelURL', 'The file; empty for nothing.'),
    vector(
      'modelScale',
      [1, 1, 1],
      [-10_000, 10_000, ''],
      'How large it is compared with the file; superseded by dimensions.',
    ),
    truth('useOriginalPivot', false, 'Whether it is placed by the file’s origin instead of its registration point.'),
    shapeType('none', 'The form that it collides with. Those that are in its file are taken for the box around it.'),
    url('compoundShapeURL', 'The file with that form, for compound shapes.'),
    colour('color', 'The colour of what has none; not used at present.'),
    text('textures', '', 'Textures to be used instead of those of the file: JSON as text.'),
    text('blendshapeCoefficients', '', 'How much of each blend shape: JSON as text.'),
    truth('groupCulled', false, 'Whether it is left out as a whole when it is out of view.'),
    truth('relayParentJoints', false, 'Whether its joints follow those of its parent with the same names.'),
    list('jointRotationsSet', truth('', false, ''), JOINTS_MAX, 'Which joints do not have the rotation of the file.'),
    list('jointRotations', rotation('', ''), JOINTS_MAX, 'How those joints are turned.'),
    list('jointTranslationsSet', truth('', false, ''), JOINTS_MAX, 'Which joints are not where the file has them.'),
    list(
      'jointTranslations',
      vector('', [0, 0, 0], [-ENTITY_POSITION_M_MAX, ENTITY_POSITION_M_MAX, 'm'], ''),
      JOINTS_MAX,
      'Where those joints are.',
    ),
    ANIMATION,
  ],
};
