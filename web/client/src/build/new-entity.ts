import type { EntityProperties, Quat, Vec3 } from '@vicinity/sdk';
import { snap, tidyVector } from './snapping.js';

/** Something to be made, as people choose it. */
export interface NewEntity {
  /** What people call it. */
  label: string;
  type: string;
  /** One short sentence. */
  help: string;
  properties: EntityProperties;
}

const rgb = (red: number, green: number, blue: number): EntityProperties => ({ red, green, blue });
const size = (x: number, y: number, z: number): EntityProperties => ({ x, y, z });
const SAND = rgb(232, 160, 76);

/** What can be made by one click; properties that matter at once are set, the others have their defaults. */
export const NEW_ENTITIES: readonly NewEntity[] = [
  { label: 'Box', type: 'Box', help: 'A body with six sides.', properties: { dimensions: size(1, 1, 1), color: SAND } },
  {
    label: 'Sphere',
    type: 'Sphere',
    help: 'A ball, or an egg.',
    properties: { dimensions: size(1, 1, 1), color: rgb(91, 132, 196) },
  },
  {
    label: 'Shape',
    type: 'Shape',
    help: 'A cylinder, cone, torus…',
    properties: { shape: 'Cylinder', dimensions: size(1, 1, 1), color: rgb(127, 176, 105) },
  },
  {
    label: 'Text',
    type: 'Text',
    help: 'A board with writing.',
    properties: {
      text: 'Hello!',
      dimensions: size(1.6, 0.6, 0.01),
      lineHeight: 0.2,
      leftMargin: 0.1,
      topMargin: 0.1,
      rightMargin: 0.1,
      backgroundColor: rgb(40, 54, 80),
    },
  },
  {
    label: 'Image',
    type: 'Image',
    help: 'A picture from an address.',
    properties: { dimensions: size(1.6, 1.2, 0.01) },
  },
  { label: 'Model', type: 'Model', help: 'A glTF or GLB file.', properties: { dimensions: size(1, 1, 1) } },
  {
    label: 'Light',
    type: 'Light',
    help: 'A lamp.',
    properties: { dimensions: size(12, 12, 12), color: rgb(255, 214, 150), intensity: 8, falloffRadius: 1 },
  },
  {
    label: 'Particles',
    type: 'ParticleEffect',
    help: 'Smoke, sparks, snow.',
    properties: {
      dimensions: size(0.5, 0.5, 0.5),
      emitRate: 40,
      lifespan: 3,
      emitSpeed: 1.2,
      speedSpread: 0.3,
      emitAcceleration: size(0, -0.2, 0),
      polarFinish: 0.35,
      particleRadius: 0.08,
      radiusFinish: 0.2,
      alphaFinish: 0,
      alpha: 0.7,
      color: rgb(255, 200, 120),
    },
  },
  {
    label: 'Web page',
    type: 'Web',
    help: 'A sign that opens a page.',
    properties: { dimensions: size(1.6, 1, 0.01), sourceUrl: 'https://example.org/' },
  },
  {
    label: 'Zone',
    type: 'Zone',
    help: 'A place with its own sky and fog.',
    properties: {
      dimensions: size(10, 6, 10),
      hazeMode: 'enabled',
      haze: { hazeRange: 40, hazeColor: rgb(196, 208, 224) },
    },
  },
  {
    label: 'Sound',
    type: 'Sound',
    help: 'Something to be heard.',
    properties: { dimensions: size(0.5, 0.5, 0.5) },
  },
  {
    label: 'Empty',
    type: 'Empty',
    help: 'A place for others to hang on.',
    properties: { dimensions: size(0.5, 0.5, 0.5) },
  },
];

/** Types that stand on the ground; the others are put at the height of the eyes. */
const STANDING = new Set(['Box', 'Sphere', 'Shape', 'Model', 'Zone', 'ParticleEffect']);
const EYE_M = 1.5;

/**
 * Properties of something new in front of somebody. Pure.
 *
 * @param spot     on the ground in front of them
 * @param yaw      where they look, in radians; boards face them
 * @param stepM    positions are multiples of it; 0 for none
 */
export function placedEntity(wanted: NewEntity, spot: Vec3, yaw: number, stepM: number): EntityProperties {
  const extents = wanted.properties.dimensions as unknown as Vec3;
  const height = STANDING.has(wanted.type) ? extents.y / 2 : EYE_M;
  const rotation: Quat = { x: 0, y: Math.sin(yaw / 2), z: 0, w: Math.cos(yaw / 2) };
  const isBoard = ['Text', 'Image', 'Web'].includes(wanted.type);
  return {
    ...wanted.properties,
    position: { ...tidyVector({ x: snap(spot.x, stepM), y: spot.y + height, z: snap(spot.z, stepM) }, 3) },
    ...(isBoard ? { rotation: { ...rotation } } : {}),
  };
}

/** The spot on the ground so many metres in front of somebody, and beside the line of their view. Pure. */
export function spotInFront(
  feet: Vec3,
  yaw: number,
  { distanceM, rightM }: { distanceM: number; rightM: number },
  heightAt: (x: number, z: number) => number,
): Vec3 {
  const x = feet.x - Math.sin(yaw) * distanceM + Math.cos(yaw) * rightM;
  const z = feet.z - Math.cos(yaw) * distanceM - Math.sin(yaw) * rightM;
  return { x, y: heightAt(x, z), z };
}
