import { ENTITY_OBSTACLES_MAX, type EntityId, type Motion, type Vec3 } from '@app/world';
import type { ObstacleField } from './obstacle-field.js';
import type { PhysicsWorld } from './physics-world.js';

/** A body knows what it may hit within this time, in seconds, at its speed. */
const LOOK_AHEAD_S = 0.5;
/** And everything within this distance, in metres. */
const MARGIN_M = 2;
/** No body looks farther than this, in metres. */
const REACH_M_MAX = 500;

/** What one body has around it. */
interface Surroundings {
  /** Where it was when it looked around, and how far it could go without looking again. */
  centre: Vec3;
  slackM: number;
  reachM: number;
  ids: Set<EntityId>;
}

/**
 * Hands the engine the obstacles around bodies, and takes them away when no body is near. What lies on an obstacle keeps it,
 * asleep or not.
 */
export class NearObstacles {
  private readonly around = new Map<EntityId, Surroundings>();
  private readonly users = new Map<EntityId, number>();
  /** Bodies that have to look again, wherever they are. */
  private readonly stale = new Set<EntityId>();

  constructor(
    private readonly field: ObstacleField,
    private readonly physics: PhysicsWorld,
  ) {}

  /** Obstacles that the engine has. */
  get size(): number {
    return this.users.size;
  }

  /** Whether the engine has an obstacle. */
  has(id: EntityId): boolean {
    return this.users.has(id);
  }

  /** Looks around a body, if it has moved enough for that. @param radiusM  of the body */
  look(id: EntityId, { position, velocity }: Motion, radiusM: number, atMs: number): void {
    const known = this.around.get(id);
    if (known && !this.stale.delete(id) && distance(known.centre, position) < known.slackM) return;
    const aheadM = Math.hypot(velocity.x, velocity.y, velocity.z) * LOOK_AHEAD_S;
    const slackM = MARGIN_M / 2 + aheadM / 2;
    const reachM = Math.min(REACH_M_MAX, radiusM + MARGIN_M + aheadM);
    const ids = new Set<EntityId>();
    this.field.visitNear(position, reachM, (near) => ids.add(near));
    for (const near of ids) if (!known?.ids.has(near)) this.use(near, atMs);
    for (const far of known?.ids ?? []) if (!ids.has(far)) this.leave(far);
    this.around.set(id, { centre: { ...position }, slackM, reachM, ids });
  }

  /** A body is gone. */
  forget(id: EntityId): void {
    for (const near of this.around.get(id)?.ids ?? []) this.leave(near);
    this.around.delete(id);
    this.stale.delete(id);
  }

  /** Bodies that have to look around although they may be at rest. */
  staleBodies(): EntityId[] {
    return this.stale.size > 0 ? [...this.stale] : [];
  }

  /** A moving obstacle has moved on: bodies that it comes near have to know. */
  handleMoved(id: EntityId): void {
    const ball = this.field.ballOf(id);
    if (!ball) return;
    for (const [bodyId, { ids, centre, reachM }] of this.around) {
      if (!ids.has(id) && distance(centre, ball.centre) <= reachM + ball.radiusM) this.stale.add(bodyId);
    }
  }

  /** An obstacle is new, another or gone. Names bodies that may feel it. */
  handleChange(id: EntityId, atMs: number, feels: (bodyId: EntityId) => void): void {
    const ball = this.field.ballOf(id);
    for (const [bodyId, surroundings] of this.around) {
      const had = surroundings.ids.has(id);
      const isNear = ball && distance(surroundings.centre, ball.centre) <= surroundings.reachM + ball.radiusM;
      if (!had && !isNear) continue;
      this.stale.add(bodyId);
      feels(bodyId);
    }
    if (!this.users.has(id)) return;
    const spec = this.field.specOf(id, atMs);
    if (spec) this.physics.putObstacle(id, spec.shape, spec.surface, spec.place, spec.moves);
    else this.physics.removeObstacle(id);
  }

  private use(id: EntityId, atMs: number): void {
    const count = this.users.get(id) ?? 0;
    if (count > 0) return void this.users.set(id, count + 1);
    this.users.set(id, 1);
    if (this.users.size > ENTITY_OBSTACLES_MAX) return;
    const spec = this.field.specOf(id, atMs);
    if (spec) this.physics.putObstacle(id, spec.shape, spec.surface, spec.place, spec.moves);
  }

  private leave(id: EntityId): void {
    const count = this.users.get(id) ?? 0;
    if (count > 1) return void this.users.set(id, count - 1);
    this.users.delete(id);
    this.physics.removeObstacle(id);
  }
}

function distance(a: Vec3, b: Vec3): number {
  return Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z);
}
