import { particleLawOf } from './kinds/particle-law.js';
import { surfaceSize, WEB_HEIGHT_PX } from './kinds/surface-size.js';
import { textPixelsPerM } from './kinds/text-layout.js';
import { readVoxelSize } from './kinds/voxel-data.js';
import type { ShownValues } from './shown-values.js';
import { PARTICLES_COUNTED_MIN, type VisualCost, VOXEL_TRIANGLES_MAX } from './visual-limits.js';

export const NO_COST: Readonly<VisualCost> = {
  surfaceBytes: 0,
  triangles: 0,
  draws: 0,
  particles: 0,
  turningPoints: 0,
};

const BYTES_PER_PIXEL = 4;
/** What models usually are; what one is in fact is known when it has been loaded. */
const USUAL_MODEL = { triangles: 20_000, draws: 10 };
/** Two triangles for each face, three faces at most that a cube does not share with the cube beside it. */
const TRIANGLES_PER_VOXEL = 6;
const NOTHING = { width: 0, height: 0, depth: 0 };

/** What showing an entity takes, as far as its properties tell. Pure. */
export function estimateCost(values: ShownValues): VisualCost {
  switch (values.type) {
    case 'Box':
    case 'Sphere':
    case 'Shape':
      return { ...NO_COST, triangles: 1_300, draws: 1 };
    case 'Text': {
      const { x, y } = values.vector('dimensions');
      return { ...NO_COST, surfaceBytes: surfaceBytes(x, y, textPixelsPerM(values)), triangles: 4, draws: 2 };
    }
    case 'Web': {
      const { x, y } = values.vector('dimensions');
      return {
        ...NO_COST,
        surfaceBytes: surfaceBytes(x, y, WEB_HEIGHT_PX / Math.max(0.01, y)),
        triangles: 2,
        draws: 1,
      };
    }
    case 'Image':
      return { ...NO_COST, triangles: 2, draws: 1 };
    case 'Model':
      return values.text('modelURL') === '' ? NO_COST : { ...NO_COST, ...USUAL_MODEL };
    case 'ParticleEffect': {
      const { count } = particleLawOf(values);
      return count === 0 ? NO_COST : { ...NO_COST, particles: Math.max(PARTICLES_COUNTED_MIN, count), draws: 1 };
    }
    case 'Line':
      return { ...NO_COST, triangles: values.list('linePoints').length, draws: 1 };
    case 'PolyLine': {
      const points = values.list('linePoints').length;
      return { ...NO_COST, triangles: 2 * points, draws: 1, turningPoints: values.truth('faceCamera') ? points : 0 };
    }
    case 'PolyVox': {
      const data = values.text('voxelData');
      const size = data === '' ? NOTHING : readVoxelSize(data);
      // What hides its size, behind blanks for example, may be as large as there can be.
      const cells = size ? size.width * size.height * size.depth : Infinity;
      return { ...NO_COST, triangles: Math.min(VOXEL_TRIANGLES_MAX, cells * TRIANGLES_PER_VOXEL), draws: 1 };
    }
    case 'Grid':
    case 'Gizmo':
      return { ...NO_COST, triangles: 2_000, draws: 2 };
    default:
      return NO_COST;
  }
}

/** Whether an amount fits into what is left; the first of its kind always does. Pure. */
export function fits(cost: VisualCost, used: VisualCost, budget: VisualCost): boolean {
  return KINDS.every((kind) => cost[kind] === 0 || used[kind] === 0 || used[kind] + cost[kind] <= budget[kind]);
}

/** Whether an amount is no more than a budget. Pure. */
export function isWithin(cost: VisualCost, budget: VisualCost): boolean {
  return KINDS.every((kind) => cost[kind] <= budget[kind]);
}

/** Adds an amount to what is used. */
export function addCost(used: VisualCost, cost: VisualCost): void {
  for (const kind of KINDS) used[kind] += cost[kind];
}

/** A share of a budget. Pure. */
export function shareOf(budget: VisualCost, share: number): VisualCost {
  const part = { ...budget };
  for (const kind of KINDS) part[kind] *= share;
  return part;
}

const KINDS = ['surfaceBytes', 'triangles', 'draws', 'particles', 'turningPoints'] as const;

function surfaceBytes(widthM: number, heightM: number, pixelsPerM: number): number {
  const { width, height } = surfaceSize(widthM, heightM, pixelsPerM);
  return width * height * BYTES_PER_PIXEL;
}
