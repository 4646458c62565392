import { ENTITY_DIMENSION_M_MAX } from '../../limits.js';
import { colour, integer, number, rotation, SHARE, text, truth, url, vector } from '../property-builders.js';
import type { EntityTypeDefinition, PropertyDefinition } from '../property-definition.js';
import { PULSE } from './pulse.js';
import { shapeType } from './shape-type.js';

const RADIUS = [0, ENTITY_DIMENSION_M_MAX, 'm'] as const;
const SPIN = [-2 * Math.PI, 2 * Math.PI, 'rad'] as const;
const POLAR = [0, Math.PI, 'rad'] as const;
const AZIMUTH = [-Math.PI, Math.PI, 'rad'] as const;

const EMITTER: readonly PropertyDefinition[] = [
  truth('isEmitting', true, 'Whether particles come out.'),
  integer('maxParticles', 1_000, [1, 100_000, ''], 'How many there are at most; the oldest go first.'),
  number('lifespan', 3, [0, 3_600, 's'], 'How long each is there.'),
  number('emitRate', 15, [0, 100_000, '1/s'], 'How many come out in a second.'),
  number('emitSpeed', 5, [-1_000, 1_000, 'm/s'], 'How fast they come out.'),
  number('speedSpread', 1, [0, 1_000, 'm/s'], 'How much that differs.'),
  vector('emitAcceleration', [0, -9.8, 0], [-100, 100, 'm/s²'], 'What pulls them.'),
  vector('accelerationSpread', [0, 0, 0], [0, 100, 'm/s²'], 'How much that differs.'),
  rotation('emitOrientation', 'Where they come out, seen from the entity; they go along its z.', {
    x: -0.7071068,
    y: 0,
    z: 0,
    w: 0.7071068,
  }),
  vector('emitDimensions', [0, 0, 0], RADIUS, 'Extents of what they come out of.'),
  shapeType('ellipsoid', 'The form of what they come out of.'),
  url('compoundShapeURL', 'The file with that form, for compound shapes.'),
  number('emitRadiusStart', 1, SHARE, 'From which share of that form on they come out: 1 for its surface only.'),
  number('polarStart', 0, POLAR, 'Smallest angle from the middle at which they come out.'),
  number('polarFinish', 0, POLAR, 'Largest angle from the middle at which they come out.'),
  number('azimuthStart', -Math.PI, AZIMUTH, 'Smallest angle about the middle at which they come out.'),
  number('azimuthFinish', Math.PI, AZIMUTH, 'Largest angle about the middle at which they come out.'),
  truth('emitterShouldTrail', false, 'Whether those that are out stay behind when the entity moves.'),
];

const PARTICLE: readonly PropertyDefinition[] = [
  text('textures', '', 'Address of the picture of one; empty for a square.'),
  number('particleRadius', 0.025, RADIUS, 'How large one is in the middle of its life.'),
  number('radiusSpread', 0, RADIUS, 'How much that differs.'),
  number('radiusStart', null, RADIUS, 'How large it is at first; null for particleRadius.'),
  number('radiusFinish', null, RADIUS, 'How large it is at last; null for particleRadius.'),
  colour('color', 'Its colour in the middle of its life.'),
  colour('colorSpread', 'How much that differs.', [0, 0, 0]),
  colour('colorStart', 'Its colour at first; null for color.', null),
  colour('colorFinish', 'Its colour at last; null for color.', null),
  number('alpha', 1, SHARE, 'How opaque it is in the middle of its life.'),
  number('alphaSpread', 0, SHARE, 'How much that differs.'),
  number('alphaStart', null, SHARE, 'How opaque it is at first; null for alpha.'),
  number('alphaFinish', null, SHARE, 'How opaque it is at last; null for alpha.'),
  number('particleSpin', 0, SPIN, 'How it is turned in the middle of its life.'),
  number('spinSpread', 0, SPIN, 'How much that differs.'),
  number('spinStart', null, SPIN, 'How it is turned at first; null for particleSpin.'),
  number('spinFinish', null, SPIN, 'How it is turned at last; null for particleSpin.'),
  truth('rotateWithEntity', false, 'Whether those that are out turn with the entity.'),
];

export const PARTICLE_EFFECT: EntityTypeDefinition = {
  type: 'ParticleEffect',
  help: 'Smoke, sparks, snow: many small pictures that come out and fade.',
  properties: [...EMITTER, ...PARTICLE, PULSE],
};
