import type { EntityId } from '@app/world';
import type { NearObstacles } from './near-obstacles.js';
import type { ObstacleField } from './obstacle-field.js';
import type { PhysicsWorld } from './physics-world.js';

/** Each obstacle that moves by itself is looked up once in so many steps: half a second. */
const STEPS_PER_ROUND = 30;

/** Moves on obstacles that move by themselves, such as lifts and doors: everybody knows where they are at a time. */
export class MovingObstacles {
  private round: EntityId[] = [];
  private perStep = 0;

  constructor(
    private readonly field: ObstacleField,
    private readonly near: NearObstacles,
    private readonly physics: PhysicsWorld,
  ) {}

  get size(): number {
    return this.field.moving.size;
  }

  /** Before each step. @param atMs  ms since 1970-01-01 UTC */
  advance(atMs: number): void {
    if (this.size === 0) return;
    this.lookUp(atMs);
    for (const id of this.field.moving) {
      const spec = this.near.has(id) ? this.field.specOf(id, atMs) : undefined;
      if (spec) this.physics.moveObstacle(id, spec.place);
    }
  }

  /** Where are they by now? Some of them in each step. */
  private lookUp(atMs: number): void {
    if (this.round.length === 0) {
      this.round = [...this.field.moving];
      this.perStep = Math.ceil(this.round.length / STEPS_PER_ROUND);
    }
    for (const id of this.round.splice(-this.perStep)) {
      this.field.refresh(id, atMs);
      this.near.handleMoved(id);
      // It has come to rest by itself.
      if (!this.field.moving.has(id)) this.near.handleChange(id, atMs, (bodyId) => this.physics.wake(bodyId));
    }
  }
}
