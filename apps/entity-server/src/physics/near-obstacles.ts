import { ENTITY_OBSTACLES_MAX, type EntityId, type Motion, type Vec3 } from '@app/world';
import { type Ball, BallIndex } from './ball-index.js';
import type { ObstacleField } from './obstacle-field.js';
import type { PhysicsWorld } from './physics-world.js';

/** A body knows what it may hit within this time, in seconds, at its speed. */
const LOOK_AHEAD_S = 0.5;
/** And everything within this distance, in metres. */
const MARGIN_M = 2;
/** No body looks farther than this, in metres. */
const REACH_M_MAX = 500;
/** Obstacles that one body knows: the nearest ones. */
export const OBSTACLES_PER_BODY_MAX = 256;
/** Where there are more, it looks again after this way, in metres. */
const SLACK_M_MIN = 0.5;
/** Obstacles that one body looks at to find them, and all bodies together in one step; the others look in the next one. */
const LOOKED_AT_PER_BODY_MAX = 16_384;
export const LOOKED_AT_PER_STEP_MAX = 262_144;

/** What one body has around it. */
interface Surroundings {
  /** Where it was when it looked around, and how far it could go without looking again. */
  readonly centre: Vec3;
  readonly slackM: number;
  readonly ids: ReadonlySet<EntityId>;
}

/** An obstacle that the engine has. */
interface Used extends Ball {
  readonly users: number;
}

/**
 * Hands the engine the obstacles around bodies, and takes them away when no body is near. What lies on an obstacle keeps it,
 * asleep or not.
 */
export class NearObstacles {
  private readonly around = new Map<EntityId, Surroundings>();
  /** How far bodies have looked. */
  private readonly reaches = new BallIndex();
  private readonly used = new Map<EntityId, Used>();
  /** Bodies that have to look again, wherever they are. */
  private readonly stale = new Set<EntityId>();
  /** Those of them that were told since the step began. */
  private readonly told = new Set<EntityId>();
  private lookedAt = 0;

  constructor(
    private readonly field: ObstacleField,
    private readonly physics: PhysicsWorld,
  ) {}

  /** Obstacles that the engine has. */
  get size(): number {
    return this.used.size;
  }

  /** The balls around them. */
  balls(): Iterable<Ball> {
    return this.used.values();
  }

  /** Whether the engine has an obstacle. */
  has(id: EntityId): boolean {
    return this.used.has(id);
  }

  /** Looks around a body, if it has moved enough for that. @param radiusM  of the body */
  look(id: EntityId, { position, velocity }: Motion, radiusM: number, atMs: number): void {
    const known = this.around.get(id);
    if (known && !this.stale.has(id) && distance(known.centre, position) < known.slackM) return;
    this.stale.delete(id);
    if (this.lookedAt >= LOOKED_AT_PER_STEP_MAX) return void this.stale.add(id);
    const aheadM = Math.hypot(velocity.x, velocity.y, velocity.z) * LOOK_AHEAD_S;
    const reachM = Math.min(REACH_M_MAX, radiusM + MARGIN_M + aheadM);
    const found = this.find(position, reachM);
    const slackM = found.isAll ? MARGIN_M / 2 + aheadM / 2 : SLACK_M_MIN;
    const ids = new Set<EntityId>();
    for (const near of found.ids) if (known?.ids.has(near) || this.use(near, atMs)) ids.add(near);
    for (const far of known?.ids ?? []) if (!ids.has(far)) this.leave(far);
    this.around.set(id, { centre: { ...position }, slackM, ids });
    this.reaches.put(id, position, reachM);
  }

  /** A body is gone. */
  forget(id: EntityId): void {
    for (const near of this.around.get(id)?.ids ?? []) this.leave(near);
    this.around.delete(id);
    this.reaches.remove(id);
    this.stale.delete(id);
  }

  /** A step begins. Returns bodies that have to look around although they may be at rest. */
  beginStep(): EntityId[] {
    this.lookedAt = 0;
    this.told.clear();
    return this.stale.size > 0 ? [...this.stale] : [];
  }

  /** A moving obstacle has moved on: bodies that it comes near have to know. */
  handleMoved(id: EntityId): void {
    const ball = this.field.ballOf(id);
    if (!ball) return;
    this.visitBodiesAt(ball, (bodyId) => {
      if (!this.around.get(bodyId)?.ids.has(id)) this.stale.add(bodyId);
    });
    this.follow(id, ball);
  }

  /** An obstacle is new, another or gone. Names bodies that may feel it, each of them once in a step. */
  handleChange(id: EntityId, atMs: number, feels: (bodyId: EntityId) => void): void {
    const ball = this.field.ballOf(id);
    const before = this.used.get(id);
    const handleBody = (bodyId: EntityId): void => {
      this.stale.add(bodyId);
      if (this.told.has(bodyId)) return;
      this.told.add(bodyId);
      feels(bodyId);
    };
    if (before) this.visitBodiesAt(before, handleBody);
    if (ball) this.visitBodiesAt(ball, handleBody);
    if (!before) return;
    if (ball) this.follow(id, ball);
    this.hand(id, atMs);
  }

  private visitBodiesAt({ centre, radiusM }: Ball, visit: (bodyId: EntityId) => void): void {
    this.reaches.visitNear(centre, radiusM, Infinity, visit);
  }

  /** The nearest obstacles, and whether there are no others. */
  private find(position: Vec3, reachM: number): { ids: EntityId[]; isAll: boolean } {
    const found: Array<{ id: EntityId; gapM: number }> = [];
    const lookedAt = this.field.visitNear(position, reachM, LOOKED_AT_PER_BODY_MAX, (id, gapM) =>
      found.push({ id, gapM }),
    );
    this.lookedAt += lookedAt;
    const isAll = found.length <= OBSTACLES_PER_BODY_MAX && lookedAt < LOOKED_AT_PER_BODY_MAX;
    if (!isAll) found.sort((a, b) => a.gapM - b.gapM);
    return { ids: found.slice(0, OBSTACLES_PER_BODY_MAX).map(({ id }) => id), isAll };
  }

  /** Returns whether there was room for it. */
  private use(id: EntityId, atMs: number): boolean {
    const known = this.used.get(id);
    const ball = known ?? this.field.ballOf(id);
    if (!ball || (!known && this.used.size >= ENTITY_OBSTACLES_MAX)) return false;
    this.used.set(id, { centre: ball.centre, radiusM: ball.radiusM, users: (known?.users ?? 0) + 1 });
    if (!known) this.hand(id, atMs);
    return true;
  }

  private follow(id: EntityId, { centre, radiusM }: Ball): void {
    const known = this.used.get(id);
    if (known) this.used.set(id, { centre, radiusM, users: known.users });
  }

  private hand(id: EntityId, atMs: number): void {
    const spec = this.field.specOf(id, atMs);
    if (spec) this.physics.putObstacle(id, spec.shape, spec.surface, spec.place, spec.moves);
    else this.physics.removeObstacle(id);
  }

  private leave(id: EntityId): void {
    const known = this.used.get(id);
    if (known && known.users > 1) return void this.used.set(id, { ...known, users: known.users - 1 });
    this.used.delete(id);
    this.physics.removeObstacle(id);
  }
}

function distance(a: Vec3, b: Vec3): number {
  return Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z);
}
