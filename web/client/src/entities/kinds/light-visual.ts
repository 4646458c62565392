import { Group } from 'three';
import type { EntityVisual, VisualSurroundings } from '../entity-visual.js';
import type { LampWish } from '../light-pool.js';
import type { ShownValues } from '../shown-values.js';

/** Brightest lamp, in candela: beyond it everything is white anyway. */
const CANDELA_MAX = 4_000;

/** A lamp: shines all around, or along its -z. */
export class LightVisual implements EntityVisual {
  readonly content = new Group();
  private readonly wish: LampWish = {
    anchor: this.content,
    isSpot: false,
    colour: 0xffffff,
    intensity: 0,
    reachM: 1,
    angleRad: 1,
    softness: 0,
    isShining: true,
  };

  constructor(private readonly surroundings: VisualSurroundings) {
    surroundings.lights.add(this.wish);
  }

  show(values: ShownValues): void {
    const { wish } = this;
    const { x, y, z } = values.vector('dimensions');
    const { middle } = values;
    this.content.position.set(middle.x, middle.y, middle.z);
    wish.colour = values.colour('color');
    // Within its falloff radius the predecessor's lamps are evenly bright; ours are as bright as those at that distance.
    const falloffM = Math.max(0.01, values.number('falloffRadius', 0.1));
    wish.intensity = Math.min(CANDELA_MAX, values.number('intensity', 1) * falloffM * falloffM * Math.PI);
    wish.reachM = Math.max(0.01, Math.max(x, y, z) / 2);
    wish.angleRad = (Math.min(89, Math.max(1, values.number('cutoff', 45))) * Math.PI) / 180;
    wish.softness = 1 - 1 / (1 + values.number('exponent') / 5);
    const isSpot = values.truth('isSpotlight');
    // The predecessor gives the reach of spotlights along z.
    if (isSpot) wish.reachM = Math.max(0.01, z);
    if (isSpot === wish.isSpot) return;
    wish.isSpot = isSpot;
    this.surroundings.lights.handleKind(wish);
  }

  dispose(): void {
    this.surroundings.lights.remove(this.wish);
  }
}
