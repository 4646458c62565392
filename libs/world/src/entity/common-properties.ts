import {
  ENTITY_DIMENSION_M_MAX,
  ENTITY_LIFETIME_S_MAX,
  ENTITY_POSITION_M_MAX,
  ENTITY_SPEED_MPS_MAX,
  ENTITY_SPIN_RADPS_MAX,
  ENTITY_USER_DATA_CHARACTERS_MAX,
} from '../limits.js';
import {
  choice,
  group,
  id,
  integer,
  list,
  number,
  rotation,
  SHARE,
  text,
  truth,
  url,
  vector,
} from './property-builders.js';
import type { PropertyDefinition } from './property-definition.js';

const ZERO = [0, 0, 0] as const;
const U16 = [0, 65_535, ''] as const;
const U32 = [0, 4_294_967_295, ''] as const;

const PLACE: readonly PropertyDefinition[] = [
  id('parentID', 'The entity that this one is attached to; null for none. Position and motion are in its frame.'),
  integer(
    'parentJointIndex',
    65_535,
    [-1, 65_535, ''],
    'The joint of the parent that it is attached to; 65535 or -1 for none.',
  ),
  vector(
    'position',
    ZERO,
    [-ENTITY_POSITION_M_MAX, ENTITY_POSITION_M_MAX, 'm'],
    'Where its registration point is, from the origin of its parent or of the world; y is up.',
  ),
  rotation('rotation', 'How it is turned, seen from its parent or from the world.'),
  vector('dimensions', [0.1, 0.1, 0.1], [0, ENTITY_DIMENSION_M_MAX, 'm'], 'Its full extents along its own axes.'),
  vector(
    'registrationPoint',
    [0.5, 0.5, 0.5],
    SHARE,
    'The point that its position places, and that it turns about, as a share of its dimensions from the corner with the smallest coordinates.',
  ),
];

const WORDS: readonly PropertyDefinition[] = [
  text('name', '', 'What it is called; need not be unique.'),
  text('description', '', 'What a person should know about it.'),
  url('href', 'Where a click on it leads; empty for nowhere.'),
  text('userData', '', 'Anything that scripts keep with it, mostly JSON as text.', ENTITY_USER_DATA_CHARACTERS_MAX),
  text(
    'privateUserData',
    '',
    'The same, only for its author and those who may see it.',
    ENTITY_USER_DATA_CHARACTERS_MAX,
  ),
  text('script', '', 'Address, or source, of the script that clients run for it; empty for none.'),
  number('scriptTimestamp', 0, [0, Number.MAX_SAFE_INTEGER, 'ms'], 'A change makes clients load the script again.'),
  text('serverScripts', '', 'Address of the script that the server runs for it; empty for none.'),
];

const LOOKS: readonly PropertyDefinition[] = [
  truth('visible', true, 'Whether it is shown.'),
  truth('canCastShadow', true, 'Whether it throws shadows where the key light does.'),
  choice('renderLayer', ['world', 'front', 'hud'], 'Shown in the world, before everything in it, or before that.'),
  choice('primitiveMode', ['solid', 'lines'], 'Shown with faces, or only their edges.'),
  choice('billboardMode', ['none', 'yaw', 'full'], 'Whether it turns to each viewer: not at all, upright, or wholly.'),
  list('renderWithZones', id('', ''), 256, 'Shown only to those who are in one of these zones; empty for everybody.'),
  truth('ignorePickIntersection', false, 'Whether rays of pointers pass through it.'),
];

const ACCELERATION = [-1_000, 1_000, 'm/s²'] as const;
const MOTION: readonly PropertyDefinition[] = [
  vector(
    'velocity',
    ZERO,
    [-ENTITY_SPEED_MPS_MAX, ENTITY_SPEED_MPS_MAX, 'm/s'],
    'How it moves, in the frame of its position. Everybody moves it on without being told.',
  ),
  vector(
    'angularVelocity',
    ZERO,
    [-ENTITY_SPIN_RADPS_MAX, ENTITY_SPIN_RADPS_MAX, 'rad/s'],
    'How it turns: the axis, as long as the speed.',
  ),
  vector('gravity', ZERO, ACCELERATION, 'What pulls it while it is dynamic and moves; y is -9.8 on Earth.'),
  vector('acceleration', ZERO, ACCELERATION, 'What changes its velocity while it is not dynamic and moves.'),
  number('damping', 0.39347, SHARE, 'The share of its velocity that it loses in each second.'),
  number('angularDamping', 0.39347, SHARE, 'The share of its angular velocity that it loses in each second.'),
];

const COLLISIONS: readonly PropertyDefinition[] = [
  truth('dynamic', false, 'Whether forces and collisions move it.'),
  truth('collisionless', false, 'Whether it passes through everything.'),
  text(
    'collidesWith',
    'static,dynamic,kinematic,myAvatar,otherAvatar,',
    'What it collides with: any of static, dynamic, kinematic, myAvatar and otherAvatar, with commas.',
  ),
  integer('collisionMask', 31, U16, 'The same as bits 1, 2, 4, 8 and 16.'),
  url('collisionSoundURL', 'The sound of its collisions; empty for none.'),
  number('restitution', 0.5, [0, 0.99, ''], 'How much of the speed comes back from a collision.'),
  number('friction', 0.5, [0, 10, ''], 'How much it is held back on a surface.'),
  number('density', 1_000, [1, 100_000, 'kg/m³'], 'Its mass is density times volume; water has 1000.'),
  text('actionData', '', 'What its actions have saved, base64 of a format that only the predecessor reads.'),
];

const LIFE: readonly PropertyDefinition[] = [
  number('lifetime', -1, [-1, ENTITY_LIFETIME_S_MAX, 's'], 'It is erased at this age; -1 for never.'),
  truth('locked', false, 'Whether nothing but this property can be changed, by those who may unlock.'),
  truth('cloneable', false, 'Whether everybody may take a copy of it.'),
  number('cloneLifetime', 300, [-1, ENTITY_LIFETIME_S_MAX, 's'], 'How long copies live; -1 for ever.'),
  number('cloneLimit', 0, U32, 'How many copies there may be at a time; 0 for any number.'),
  truth('cloneDynamic', false, 'Whether copies are dynamic.'),
  truth('cloneAvatarEntity', false, 'Whether copies belong to the body of whoever takes them.'),
  id('cloneOriginID', 'The entity that this one is a copy of; null for none.'),
];

const OFFSET = [-ENTITY_POSITION_M_MAX, ENTITY_POSITION_M_MAX, 'm'] as const;
const GRAB = group(
  'grab',
  [
    truth('grabbable', true, 'Whether it can be taken with hand or pointer.'),
    truth('grabKinematic', true, 'Whether it follows at once, instead of being pulled.'),
    truth('grabFollowsController', true, 'Whether it follows the real hand where the hand of the body cannot.'),
    truth('triggerable', false, 'Whether its script is told of the trigger.'),
    truth('equippable', false, 'Whether it stays in the hand.'),
    truth('grabDelegateToParent', true, 'Whether its parent is taken in its stead.'),
    vector('equippableLeftPosition', ZERO, OFFSET, 'Where it is in a left hand.'),
    rotation('equippableLeftRotation', 'How it is turned in a left hand.'),
    vector('equippableRightPosition', ZERO, OFFSET, 'Where it is in a right hand.'),
    rotation('equippableRightRotation', 'How it is turned in a right hand.'),
    url('equippableIndicatorURL', 'The model that shows that it can be taken; empty for a sphere.'),
    vector('equippableIndicatorScale', [1, 1, 1], [0, 1_000, ''], 'How large that model is.'),
    vector('equippableIndicatorOffset', ZERO, OFFSET, 'Where that model is.'),
  ],
  'How it can be taken.',
);

const ORIGIN: readonly PropertyDefinition[] = [
  text('itemName', '', 'Name on the market it was bought on; kept for worlds of the predecessor, like all below.'),
  text('itemDescription', '', 'Its description there.'),
  text('itemCategories', '', 'Its categories there.'),
  text('itemArtist', '', 'Who made it.'),
  text('itemLicense', '', 'Address of its licence.'),
  integer('limitedRun', 4_294_967_295, U32, 'How many there are of it; 4294967295 for any number.'),
  text('marketplaceID', '', 'Its number there.'),
  integer('editionNumber', 0, U32, 'Which one of them it is.'),
  integer('entityInstanceNumber', 0, U32, 'Which one of that edition it is.'),
  text('certificateID', '', 'Its certificate.'),
  text('certificateType', '', 'The certificate’s kind.'),
  integer('staticCertificateVersion', 0, U32, 'The certificate’s version.'),
];

/** Properties of entities of every type, by what they are about. */
export const COMMON_PROPERTY_GROUPS: ReadonlyArray<
  readonly [title: string, properties: readonly PropertyDefinition[]]
> = [
  ['Place', PLACE],
  ['Words and scripts', WORDS],
  ['Looks', LOOKS],
  ['Motion', MOTION],
  ['Collisions', COLLISIONS],
  ['Life', LIFE],
  ['Hands', [GRAB]],
  ['Origin', ORIGIN],
];

/** Properties of entities of every type. */
export const COMMON_PROPERTIES: readonly PropertyDefinition[] = COMMON_PROPERTY_GROUPS.flatMap(
  ([, properties]) => properties,
);
