import type { AudioZone } from '@app/dsp';
import { multiply, rotate, yawOf } from '@app/spatial';
import type { vicinity } from '@app/wire';
import {
  POSITION_M_MAX,
  type Quat,
  REVERB_DECAY_S_MAX,
  REVERB_DECAY_S_MIN,
  REVERB_WET_DB_MAX,
  REVERB_WET_DB_MIN,
  type Vec3,
  ZONE_NAME_CHARACTERS_MAX,
} from '@app/world';

const SIZE_M_MIN = 0.1;
const SIZE_M_MAX = 2 * POSITION_M_MAX;

/**
 * A zone entity as the mixer knows zones: boxes that stand upright. One that is tilted becomes the box around it. Undefined
 * for one without a place or without an extent.
 */
export function readSoundZone(entry: vicinity.v1.IEntitySoundZone): AudioZone | undefined {
  const centre = finiteVector(entry.position);
  const extent = finiteVector(entry.dimensions);
  const rotation = readRotation(entry.rotation);
  if (!centre || !extent || Math.min(extent.x, extent.y, extent.z) <= 0) return undefined;
  const yawRad = yawOf(rotation);
  const size = uprightExtent(extent, rotation, yawRad);
  const decayS = Number(entry.reverbDecayS);
  const wetDb = Number(entry.reverbWetDb);
  const hasReverb = decayS > 0 && Number.isFinite(wetDb);
  return {
    name: String(entry.name ?? '').slice(0, ZONE_NAME_CHARACTERS_MAX),
    ...{ x: place(centre.x), y: place(centre.y), z: place(centre.z) },
    ...{ sizeX: side(size.x), sizeY: side(size.y), sizeZ: side(size.z) },
    yawRad,
    ...(hasReverb && {
      reverb: {
        decayS: within(decayS, REVERB_DECAY_S_MIN, REVERB_DECAY_S_MAX),
        wetDb: within(wetDb, REVERB_WET_DB_MIN, REVERB_WET_DB_MAX),
      },
    }),
  };
}

/** Extent along the axes of a frame that is only turned about the vertical, of a box that is turned in any way. */
function uprightExtent(extent: Vec3, rotation: Quat, yawRad: number): Vec3 {
  const back = { x: 0, y: Math.sin(-yawRad / 2), z: 0, w: Math.cos(yawRad / 2) };
  const tilt = multiply(back, rotation, { x: 0, y: 0, z: 0, w: 1 });
  const sum = { x: 0, y: 0, z: 0 };
  for (const axis of ['x', 'y', 'z'] as const) {
    const edge = { x: 0, y: 0, z: 0, [axis]: extent[axis] };
    rotate(tilt, edge, edge);
    sum.x += Math.abs(edge.x);
    sum.y += Math.abs(edge.y);
    sum.z += Math.abs(edge.z);
  }
  return sum;
}

function finiteVector(vector: vicinity.v1.IEntityVector | null | undefined): Vec3 | undefined {
  const { x, y, z } = { x: vector?.x ?? 0, y: vector?.y ?? 0, z: vector?.z ?? 0 };
  return Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(z) ? { x, y, z } : undefined;
}

/** Of length one; not turned at all for what is no rotation. */
function readRotation(rotation: vicinity.v1.IEntityRotation | null | undefined): Quat {
  const { x, y, z, w } = { x: rotation?.x ?? 0, y: rotation?.y ?? 0, z: rotation?.z ?? 0, w: rotation?.w ?? 0 };
  const length = Math.hypot(x, y, z, w);
  if (!(length > 1e-6 && length < 1e6)) return { x: 0, y: 0, z: 0, w: 1 };
  return { x: x / length, y: y / length, z: z / length, w: w / length };
}

function place(metres: number): number {
  return within(metres, -POSITION_M_MAX, POSITION_M_MAX);
}

function side(metres: number): number {
  return within(metres, SIZE_M_MIN, SIZE_M_MAX);
}

function within(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
