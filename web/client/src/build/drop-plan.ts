import type { EntityProperties, Vec3 } from '@vicinity/sdk';

/** What kind of thing a file becomes. */
export type DroppedKind = 'Model' | 'Image' | 'Sound';

const KINDS: Readonly<Record<string, DroppedKind>> = {
  glb: 'Model',
  gltf: 'Model',
  png: 'Image',
  jpg: 'Image',
  jpeg: 'Image',
  webp: 'Image',
  wav: 'Sound',
  mp3: 'Sound',
  flac: 'Sound',
  ogg: 'Sound',
};
/** Height of a picture on the wall, in metres. */
const PICTURE_M = 1.5;
/** A model that is larger, or smaller, than this was made in other units, in metres. */
const MODEL_M_MAX = 50;
const MODEL_M_MIN = 0.02;

/** What a file becomes; undefined for files that cannot be shown or heard here. Pure. */
export function kindOfFile(name: string): DroppedKind | undefined {
  const ending = /\.([A-Za-z0-9]+)$/.exec(name)?.[1].toLowerCase() ?? '';
  return Object.hasOwn(KINDS, ending) ? KINDS[ending] : undefined;
}

/**
 * Properties of the entity that a file becomes, at a spot on the ground. Pure.
 *
 * @param extents  of a model in metres, or of an image in pixels; undefined when they are not known
 * @param yaw      where the person looks, in radians; pictures face them
 */
export function droppedEntity(
  kind: DroppedKind,
  fileName: string,
  url: string,
  extents: Vec3 | undefined,
  spot: Vec3,
  yaw: number,
): EntityProperties {
  // By characters, so that none is cut in two.
  const name = [...fileName.replace(/\.[^.]*$/, '')].slice(0, 100).join('');
  const facing = { x: 0, y: Math.sin(yaw / 2), z: 0, w: Math.cos(yaw / 2) };
  const above = (metres: number): EntityProperties => ({ x: spot.x, y: spot.y + metres, z: spot.z });
  switch (kind) {
    case 'Model': {
      const dimensions = fitModel(extents);
      return {
        name,
        modelURL: url,
        dimensions: { ...dimensions },
        position: above(dimensions.y / 2),
        rotation: facing,
      };
    }
    case 'Image': {
      const ratio = extents && extents.y > 0 ? Math.min(8, Math.max(0.125, extents.x / extents.y)) : 1;
      const dimensions = { x: PICTURE_M * ratio, y: PICTURE_M, z: 0.01 };
      return { name, imageURL: url, dimensions, position: above(PICTURE_M / 2 + 0.4), rotation: facing };
    }
    case 'Sound':
      return { name, soundURL: url, dimensions: { x: 0.5, y: 0.5, z: 0.5 }, position: above(1.2) };
  }
}

/** A model's own extents, brought to a size that fits among people. */
function fitModel(extents: Vec3 | undefined): Vec3 {
  const given = extents ?? { x: 1, y: 1, z: 1 };
  const largest = Math.max(given.x, given.y, given.z);
  if (!(largest > 0) || !Number.isFinite(largest)) return { x: 1, y: 1, z: 1 };
  const size = largest > MODEL_M_MAX ? MODEL_M_MAX : largest < MODEL_M_MIN ? 1 : largest;
  // First the share: a factor could be infinite for a model that is smaller than every number's reciprocal.
  const one = (extent: number): number => Math.max(0.001, Number(((extent / largest) * size).toFixed(4)));
  return { x: one(given.x), y: one(given.y), z: one(given.z) };
}
