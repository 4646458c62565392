import type { EntityProperties, Quat, Vec3 } from '@vicinity/sdk';
import { writeVoxels } from '../entities/kinds/voxel-data.js';
import { snap, tidyVector } from './snapping.js';

/** Something to be made, as people choose it. */
export interface NewEntity {
  /** What people call it. */
  label: string;
  type: string;
  /** One short sentence. */
  help: string;
  properties: EntityProperties;
  /** It is nothing by itself: it becomes part of the chosen thing. */
  isForChosen?: boolean;
}

/** Whether it can be made now, and what the menu says about it. Pure. */
export function entryOf({ help, isForChosen }: NewEntity, isAnyChosen: boolean): { isReady: boolean; help: string } {
  const isReady = isAnyChosen || isForChosen !== true;
  return { isReady, help: isReady ? help : 'Choose a thing first.' };
}

const rgb = (red: number, green: number, blue: number): EntityProperties => ({ red, green, blue });
const size = (x: number, y: number, z: number): EntityProperties => ({ x, y, z });
const SAND = rgb(232, 160, 76);

/** A wave from left to right. */
const WAVE: Vec3[] = Array.from({ length: 33 }, (_, index) => ({
  x: index / 16 - 1,
  y: Number((Math.sin((index / 16) * Math.PI) * 0.25).toFixed(3)),
  z: 0,
}));
const points = (places: readonly Vec3[]): EntityProperties[] => places.map((place) => ({ ...place }));

/** A ball of clay, in so many cells along each axis. */
const CLAY_CELLS = 16;
const clay = (): string => {
  const middle = (CLAY_CELLS - 1) / 2;
  const at = (index: number, per: number): number => (Math.floor(index / per) % CLAY_CELLS) - middle;
  const cells = Uint8Array.from({ length: CLAY_CELLS ** 3 }, (_, index) =>
    Math.hypot(at(index, 1), at(index, CLAY_CELLS), at(index, CLAY_CELLS ** 2)) < middle - 0.5 ? 255 : 0,
  );
  return writeVoxels({ width: CLAY_CELLS, height: CLAY_CELLS, depth: CLAY_CELLS, cells });
};

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
    label: 'Line',
    type: 'Line',
    help: 'Thin, from point to point.',
    properties: { dimensions: size(2, 0.5, 0.1), linePoints: points(WAVE), color: rgb(250, 240, 200) },
  },
  {
    label: 'Ribbon',
    type: 'PolyLine',
    help: 'As a brush draws it.',
    properties: {
      dimensions: size(2, 0.5, 0.1),
      linePoints: points(WAVE),
      strokeWidths: WAVE.map(() => 0.08),
      color: rgb(226, 96, 120),
      faceCamera: true,
    },
  },
  {
    label: 'Clay',
    type: 'PolyVox',
    help: 'A body of voxels.',
    properties: {
      dimensions: size(1.2, 1.2, 1.2),
      voxelVolumeSize: size(CLAY_CELLS, CLAY_CELLS, CLAY_CELLS),
      voxelData: clay(),
    },
  },
  {
    label: 'Grid',
    type: 'Grid',
    help: 'Lines across a floor.',
    properties: { dimensions: size(10, 0.01, 10), followCamera: false, alpha: 0.6 },
  },
  {
    label: 'Ring',
    type: 'Gizmo',
    help: 'A sign on the ground.',
    properties: {
      dimensions: size(2, 0.01, 2),
      ring: {
        innerRadius: 0.7,
        innerStartColor: rgb(244, 184, 96),
        innerEndColor: rgb(226, 96, 120),
        outerStartColor: rgb(244, 184, 96),
        outerEndColor: rgb(226, 96, 120),
      },
    },
  },
  {
    label: 'Material',
    type: 'Material',
    help: 'Another surface for what is chosen.',
    properties: {
      dimensions: size(0.1, 0.1, 0.1),
      materialURL: 'materialData',
      materialData: '{"materials":{"albedo":[0.2,0.5,0.8],"roughness":0.3,"metallic":0.1}}',
      priority: 1,
    },
    isForChosen: true,
  },
  {
    label: 'Empty',
    type: 'Empty',
    help: 'A place for others to hang on.',
    properties: { dimensions: size(0.5, 0.5, 0.5) },
  },
];

const LABELS = new Map(NEW_ENTITIES.map(({ type, label }) => [type, label]));

/** What people call a type; its own name where nobody here knows it. */
export const typeLabel = (type: string): string => LABELS.get(type) ?? type;

/** Types that show, or play, a file: the property with its address, and what it is. */
const FILES: ReadonlyMap<string, readonly [property: string, noun: string]> = new Map([
  ['Model', ['modelURL', 'model']],
  ['Image', ['imageURL', 'picture']],
  ['Sound', ['soundURL', 'sound']],
]);

/** What is still to be done before something can be seen or heard; undefined for nothing. Pure. */
export function todoOf(type: string, properties: EntityProperties): string | undefined {
  const [property, noun] = FILES.get(type) ?? [];
  if (property === undefined || (typeof properties[property] === 'string' && properties[property] !== '')) {
    return undefined;
  }
  return `It has no ${noun} yet. Give it the address of one, or drop a file into the world instead.`;
}

/** Types that stand on the ground; the others are put at the height of the eyes. */
const STANDING = new Set(['Box', 'Sphere', 'Shape', 'Model', 'Zone', 'ParticleEffect', 'PolyVox', 'Grid', 'Gizmo']);
/** What lies on the ground is so far over it that the grass does not shine through, in metres. */
const OVER_GROUND_M = 0.03;
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
  const height = STANDING.has(wanted.type) ? Math.max(OVER_GROUND_M, extents.y / 2) : EYE_M;
  const rotation: Quat = { x: 0, y: Math.sin(yaw / 2), z: 0, w: Math.cos(yaw / 2) };
  const isBoard = ['Text', 'Image', 'Web', 'Line', 'PolyLine'].includes(wanted.type);
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
