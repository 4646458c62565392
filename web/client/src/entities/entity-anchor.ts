import { Group, Vector3 } from 'three';
import type { RemoteEntity } from '@vicinity/sdk';
import type { EntityVisual } from './entity-visual.js';
import { ShownValues } from './shown-values.js';
import { estimateCost } from './visual-cost.js';
import type { VisualCost } from './visual-limits.js';

/** One entity in the scene: a frame that stands where the entity is, and what is seen of it. */
export class EntityAnchor {
  /** Position and rotation in world coordinates; never scaled. */
  readonly frame = new Group();
  /** The middle of its dimensions in world coordinates. */
  readonly middle = new Vector3();
  /** Half of the diagonal of its dimensions, in metres; more for what reaches beyond them. */
  radiusM = 0;
  /** Whether its place is known; without its parents it is nowhere. */
  isPlaced = false;
  /** Whether it is near or large enough to be drawn. */
  isInSight = false;
  values: ShownValues;
  private shownBy: EntityVisual | undefined;
  private estimated: VisualCost | undefined;
  /** What it has taken when it was last shown. */
  private known: VisualCost | undefined;

  constructor(readonly entity: RemoteEntity) {
    this.values = new ShownValues(entity.type, entity.shown);
    this.frame.matrixAutoUpdate = false;
    this.frame.userData.entityId = entity.id;
  }

  /** What shows it; undefined while it is too far away for that. */
  get visual(): EntityVisual | undefined {
    return this.shownBy;
  }

  /** What showing it takes, as well as that is known. */
  get cost(): VisualCost {
    return this.shownBy?.cost ?? this.known ?? (this.estimated ??= estimateCost(this.values));
  }

  /** It may be seen from now on. */
  appear(visual: EntityVisual): void {
    this.shownBy = visual;
    this.frame.add(visual.content);
    visual.show(this.values);
  }

  /** It is seen no more: gives everything back that showing it takes. */
  vanish(): void {
    if (!this.shownBy) return;
    this.known = this.shownBy.cost ?? this.known;
    this.frame.remove(this.shownBy.content);
    this.shownBy.dispose();
    this.shownBy = undefined;
  }

  /** Knows what the entity is now; it is shown by `show`. */
  know(): void {
    this.values = new ShownValues(this.entity.type, this.entity.shown);
    this.estimated = this.known = undefined;
    const { x, y, z } = this.values.vector('dimensions');
    this.radiusM = Math.hypot(x, y, z) / 2 + reachOf(this.values);
  }

  /** Shows what it knows, if it is seen. */
  show(): void {
    this.shownBy?.show(this.values);
  }

  /** Knows what the entity is now, where nothing about its looks has changed. */
  knowPlace(): void {
    this.values = new ShownValues(this.entity.type, this.entity.shown);
  }

  /** Whether the entity wants to be seen at all. */
  get isVisible(): boolean {
    return this.isPlaced && this.values.truth('visible');
  }
}

/** Lines, particles and floors go beyond their dimensions, in metres. */
function reachOf(values: ShownValues): number {
  switch (values.type) {
    case 'Line':
    case 'PolyLine':
      return values.list('linePoints').reduce<number>((reach, point) => {
        const { x, y, z } = (point ?? {}) as Record<string, unknown>;
        return Math.max(reach, Math.hypot(Number(x) || 0, Number(y) || 0, Number(z) || 0));
      }, 0);
    case 'ParticleEffect':
      return 2 + Math.min(100, values.number('lifespan', 3) * values.number('emitSpeed', 5));
    case 'Grid':
      return values.truth('followCamera') ? 1e6 : 0;
    default:
      return 0;
  }
}
