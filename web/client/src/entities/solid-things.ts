import type { Vec3 } from '@vicinity/sdk';
import { nearestOf, type Solid } from '../controls/solids.js';
import type { EntityAnchor } from './entity-anchor.js';
import type { ShownValues } from './shown-values.js';

/** Solid things that are considered at the same time: the nearest. */
export const SOLIDS_MAX = 64;
/** Nothing further away than this is met before the next choice, in metres. */
const REACH_M = 6;
/** The choice is made this often, in ms, and less often among very many things. */
const INTERVAL_MS = 200;
const MS_PER_THING = 0.01;
/** The thinnest that a solid is, in metres. */
const HALF_M_MIN = 0.005;
/** The bit of `collisionMask` for the viewer's own body. */
const MY_AVATAR_BIT = 8;
const ROUND = new Set(['Sphere', 'Icosahedron', 'Dodecahedron', 'sphere', 'ellipsoid']);

/** What one cannot walk through, near a body. Chosen now and then; the chosen ones are where they are in each frame. */
export class SolidThings {
  private chosen: Array<{ anchor: EntityAnchor; solid: Solid }> = [];
  private chosenAtMs = -Infinity;

  /** @param things  all that there are, and how many */
  constructor(private readonly things: { readonly size: number; all(): Iterable<EntityAnchor> }) {}

  /** For each frame. */
  near(feet: Vec3, nowMs: number): readonly Solid[] {
    if (nowMs - this.chosenAtMs > INTERVAL_MS + this.things.size * MS_PER_THING) {
      this.chosenAtMs = nowMs;
      this.choose(feet);
    }
    return this.chosen.map(({ anchor, solid }) => placed(anchor, solid));
  }

  private choose(feet: Vec3): void {
    const found: Array<{ anchor: EntityAnchor; solid: Solid; gapM: number }> = [];
    for (const anchor of this.things.all()) {
      if (!anchor.isPlaced) continue;
      const { x, y, z } = anchor.middle;
      if (Math.hypot(x - feet.x, y - feet.y, z - feet.z) > anchor.radiusM + REACH_M) continue;
      const solid = solidOf(anchor.values);
      if (!solid) continue;
      const nearest = nearestOf(placed(anchor, solid), feet);
      found.push({ anchor, solid, gapM: Math.hypot(nearest.x - feet.x, nearest.y - feet.y, nearest.z - feet.z) });
    }
    this.chosen = found.sort((a, b) => a.gapM - b.gapM).slice(0, SOLIDS_MAX);
  }
}

function placed({ frame, middle }: EntityAnchor, solid: Solid): Solid {
  const { x, y, z, w } = frame.quaternion;
  return { ...solid, middle, rotation: { x, y, z, w } };
}

/** What a thing is to somebody who walks into it, at the origin; undefined when it is nothing. Pure. */
export function solidOf(values: ShownValues): Solid | undefined {
  const shape = shapeOf(values);
  if (shape === undefined || values.truth('collisionless')) return undefined;
  const meets = values
    .text('collidesWith')
    .split(',')
    .map((name) => name.trim());
  if (!meets.includes('myAvatar') || (values.number('collisionMask') & MY_AVATAR_BIT) === 0) return undefined;
  const { x, y, z } = values.vector('dimensions');
  const half = { x: Math.max(HALF_M_MIN, x / 2), y: Math.max(HALF_M_MIN, y / 2), z: Math.max(HALF_M_MIN, z / 2) };
  return {
    form: ROUND.has(shape) ? 'ball' : 'box',
    middle: { x: 0, y: 0, z: 0 },
    rotation: { x: 0, y: 0, z: 0, w: 1 },
    half,
    isOpaque: values.truth('visible') && values.number('alpha', 1) > 0.5,
  };
}

/** The form that counts. Models have the one they say, where it is a simple one: their own is not looked into. */
function shapeOf(values: ShownValues): string | undefined {
  if (['Box', 'Sphere', 'Shape'].includes(values.type)) return values.text('shape');
  if (values.type !== 'Model') return undefined;
  const shape = values.text('shapeType');
  return ['box', 'sphere', 'ellipsoid'].includes(shape) ? shape : undefined;
}
