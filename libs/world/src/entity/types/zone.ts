import { REVERB_DECAY_S_MAX, REVERB_DECAY_S_MIN, REVERB_WET_DB_MAX, REVERB_WET_DB_MIN } from '../../limits.js';
import { choice, colour, group, number, truth, url, vector } from '../property-builders.js';
import type { EntityTypeDefinition, PropertyDefinition } from '../property-definition.js';
import { shapeType } from './shape-type.js';

const DISTANCE = [0, 100_000, 'm'] as const;
const HEIGHT = [-100_000, 100_000, 'm'] as const;
const BRIGHTNESS = [0, 1_000, ''] as const;
const UNIT = [0, 1, ''] as const;

/** Whether a zone decides something, forbids it, or leaves it to the zone around it. */
const mode = (name: string, help: string) => choice(name, ['inherit', 'disabled', 'enabled'], help);

const KEY_LIGHT = group(
  'keyLight',
  [
    colour('color', 'Its colour.'),
    number('intensity', 1, BRIGHTNESS, 'How bright it is.'),
    vector('direction', [0, -1, 0], [-1, 1, ''], 'Where it shines to.'),
    truth('castShadows', false, 'Whether there are shadows.'),
    number('shadowBias', 0.5, UNIT, 'How far shadows keep from what throws them.'),
    number('shadowMaxDistance', 40, DISTANCE, 'How far away shadows are still seen.'),
  ],
  'The sun.',
);

const AMBIENT_LIGHT = group(
  'ambientLight',
  [
    number('ambientIntensity', 0.5, BRIGHTNESS, 'How bright it is.'),
    url('ambientURL', 'A picture of all directions; empty for the sky.'),
  ],
  'The light that comes from everywhere.',
);

const SKYBOX = group(
  'skybox',
  [
    colour('color', 'Its colour, or what the picture is multiplied by.', [0, 0, 0]),
    url('url', 'A picture of all directions; empty for the colour alone.'),
  ],
  'The sky.',
);

const HAZE = group(
  'haze',
  [
    number('hazeRange', 1_000, DISTANCE, 'Where 5% of what is behind can still be seen.'),
    colour('hazeColor', 'Its colour away from the sun.', [128, 154, 179]),
    truth('hazeEnableGlare', false, 'Whether it is brighter towards the sun.'),
    colour('hazeGlareColor', 'Its colour towards the sun.', [255, 229, 179]),
    number('hazeGlareAngle', 20, [0, 180, '°'], 'How wide the brighter part is.'),
    truth('hazeAltitudeEffect', false, 'Whether it becomes thinner with height.'),
    number('hazeCeiling', 200, HEIGHT, 'Height above hazeBaseRef where there is hardly any of it.'),
    number('hazeBaseRef', 0, HEIGHT, 'Height where it is as thick as hazeRange says.'),
    number('hazeBackgroundBlend', 0, UNIT, 'How much of the sky is seen through it: 0 for none.'),
    truth('hazeAttenuateKeyLight', false, 'Whether it weakens the sun.'),
    number('hazeKeyLightRange', 1_000, DISTANCE, 'How far the sun reaches through it.'),
    number('hazeKeyLightAltitude', 200, HEIGHT, 'How high the sun is then.'),
  ],
  'Fog.',
);

const BLOOM = group(
  'bloom',
  [
    number('bloomIntensity', 0.25, UNIT, 'How much of it there is.'),
    number('bloomThreshold', 0.7, UNIT, 'How bright something must be.'),
    number('bloomSize', 0.9, [0, 2, ''], 'How far it reaches.'),
  ],
  'The glow around what is bright.',
);

const SOUND: readonly PropertyDefinition[] = [
  truth('reverbEnabled', false, 'Whether voices and sounds reverberate for those inside.'),
  number('reverbTime', 1, [REVERB_DECAY_S_MIN, REVERB_DECAY_S_MAX, 's'], 'Time in which the reverb decays by 60 dB.'),
  number('reverbWetLevel', -12, [REVERB_WET_DB_MIN, REVERB_WET_DB_MAX, 'dB'], 'Level of the reverb against the sound.'),
];

export const ZONE: EntityTypeDefinition = {
  type: 'Zone',
  help: 'A volume with rules: sky, light, fog, sound, and what people may do. Of several the smallest decides.',
  properties: [
    shapeType('box', 'The form of the volume.'),
    url('compoundShapeURL', 'The file with that form, for compound shapes.'),
    mode('keyLightMode', 'Whether keyLight counts.'),
    KEY_LIGHT,
    mode('ambientLightMode', 'Whether ambientLight counts.'),
    AMBIENT_LIGHT,
    mode('skyboxMode', 'Whether skybox counts.'),
    SKYBOX,
    mode('hazeMode', 'Whether haze counts.'),
    HAZE,
    mode('bloomMode', 'Whether bloom counts.'),
    BLOOM,
    ...SOUND,
    truth('flyingAllowed', true, 'Whether people may fly inside.'),
    truth('ghostingAllowed', true, 'Whether people may pass through things inside.'),
    url('filterURL', 'The script that may change or refuse edits inside; empty for none.'),
    choice('avatarPriority', ['inherit', 'crowd', 'hero'], 'Whether bodies inside are seen before others.'),
    mode('screenshare', 'Whether people inside may share their screens.'),
  ],
};
