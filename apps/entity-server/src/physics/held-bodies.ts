import type { Clock } from '@app/clock';
import type { Entity } from '@app/entities';
import { readEntityId, unpackEntityMotion, type vicinity } from '@app/wire';
import type { EntityId, Motion, SessionId } from '@app/world';
import { isGrabbable } from './body-traits.js';
import { faultOf } from './motion-check.js';
import type { MotionLog } from './motion-log.js';
import type { MotionPublisher } from './motion-publisher.js';
import type { PhysicsMetrics } from './physics.metrics.js';
import type { PhysicsWorld } from './physics-world.js';
import { SimulationOwnership } from './simulation-ownership.js';

/** A body that was moved so long ago was held still before it was let go, in ms. */
const THROW_MS_MAX = 500;
/** What a client carries about is logged this often, in ms. */
const LOG_INTERVAL_MS = 5_000;
const STILL = { velocity: { x: 0, y: 0, z: 0 }, angularVelocity: { x: 0, y: 0, z: 0 } };

/** What holding stands on. */
export interface HeldGround {
  clock: Clock;
  physics: PhysicsWorld;
  publisher: MotionPublisher;
  log: MotionLog;
  metrics: PhysicsMetrics;
  entityOf: (id: EntityId) => Entity | undefined;
  /** A body is held or free now: time must go on. */
  onTouched: (id: EntityId) => void;
}

/** What is known of a body that a client has. Times are of the monotonic clock. */
interface Held {
  /** When its owner's word of where it is was believed last. */
  believedAtMs: number;
  /** When it was moved last; undefined when it was not. */
  movedAtMs: number | undefined;
  /** The client's time of its newest word. */
  newestAtMs: number;
  loggedAtMs: number;
  isUnlogged: boolean;
}

/** Bodies that clients simulate: who may, what they say, and what remains when they let go. */
export class HeldBodies {
  private readonly ownership = new SimulationOwnership();
  private readonly held = new Map<EntityId, Held>();

  constructor(private readonly ground: HeldGround) {}

  get size(): number {
    return this.held.size;
  }

  /** The session that has a body; 0 for the server. */
  ownerOf(id: EntityId): SessionId {
    return this.ownership.ownerOf(id)?.sessionId ?? 0;
  }

  /** What a client says. Never throws. */
  handle({ sessionId, claim, motion }: vicinity.v1.IEntityClientMotion): void {
    if (claim) this.handleClaim(sessionId ?? 0, readEntityId(claim.id), claim.priority ?? 0);
    if (motion) this.handleMotion(sessionId ?? 0, motion);
  }

  /** Takes bodies from silent owners, and has logged what is carried about. */
  tick(nowMs: number): void {
    for (const { id, sessionId } of this.ownership.expire(nowMs)) this.release(id, sessionId);
    for (const [id, held] of this.held) {
      if (!held.isUnlogged || nowMs - held.loggedAtMs < LOG_INTERVAL_MS) continue;
      held.loggedAtMs = nowMs;
      held.isUnlogged = false;
      this.log(id, this.ownerOf(id), STILL);
    }
  }

  /** The body is gone, or is another one: nobody has it. */
  forget(id: EntityId): void {
    this.ownership.forget(id);
    this.held.delete(id);
  }

  /** The engine has a new body for the same entity. */
  hold(id: EntityId): void {
    if (this.held.has(id)) this.ground.physics.hold(id);
  }

  private handleClaim(sessionId: SessionId, id: EntityId | undefined, priority: number): void {
    const { physics, clock } = this.ground;
    if (id === undefined || !physics.hasBody(id)) return this.drop('no-body');
    if (priority === 0) {
      if (this.ownership.letGo(id, sessionId)) this.release(id, sessionId);
      return;
    }
    const entity = this.ground.entityOf(id);
    if (!entity || !isGrabbable(entity)) return this.refuse(id);
    const nowMs = clock.nowMs();
    const outcome = this.ownership.claim(id, sessionId, priority, nowMs);
    if (outcome === 'refused') return this.refuse(id);
    if (outcome === 'kept') return;
    this.held.set(id, {
      believedAtMs: nowMs,
      movedAtMs: undefined,
      newestAtMs: 0,
      loggedAtMs: nowMs,
      isUnlogged: false,
    });
    physics.hold(id);
    this.ground.onTouched(id);
    this.tell(id, STILL);
  }

  private handleMotion(sessionId: SessionId, fields: vicinity.v1.IEntityMotion): void {
    const { clock, physics } = this.ground;
    const told = unpackEntityMotion(fields);
    if (typeof told === 'string') return this.drop(told);
    const { id, motion } = told;
    const held = this.held.get(id);
    const position = physics.motionOf(id)?.position;
    if (!held || !position || this.ownerOf(id) !== sessionId) return this.drop('not-owner');
    const { believedAtMs, newestAtMs } = held;
    const nowMs = clock.nowMs();
    const fault = faultOf(motion, { position, believedAtMs, newestAtMs, nowMs, wallMs: clock.wallMs() });
    if (fault) return this.drop(fault);
    held.believedAtMs = held.movedAtMs = nowMs;
    held.newestAtMs = motion.atMs;
    held.isUnlogged = true;
    this.ownership.hear(id, nowMs);
    physics.moveHeld(id, motion);
    this.ground.onTouched(id);
    this.ground.publisher.consider(id, motion, clock.wallMs(), sessionId);
  }

  /** The body is the server's again, and flies on as its owner has thrown it. */
  private release(id: EntityId, sessionId: SessionId): void {
    const { physics, clock } = this.ground;
    const held = this.held.get(id);
    this.held.delete(id);
    const motion = physics.motionOf(id);
    if (!held || !motion) return;
    const isThrown = held.movedAtMs !== undefined && clock.nowMs() - held.movedAtMs <= THROW_MS_MAX;
    const change = isThrown ? {} : STILL;
    physics.release(id, { ...motion, ...change });
    if (held.movedAtMs !== undefined) this.log(id, sessionId, change);
    this.ground.onTouched(id);
    this.tell(id, change);
  }

  /** Whoever claims in vain is told whose the body is, and lets go. */
  private refuse(id: EntityId): void {
    this.drop('claim-refused');
    this.tell(id, {});
  }

  private tell(id: EntityId, change: Partial<Motion>): void {
    const { physics, publisher, clock, onTouched } = this.ground;
    const motion = physics.motionOf(id);
    if (!motion) return;
    publisher.tell(id, { ...motion, ...change }, clock.wallMs(), this.ownerOf(id));
    onTouched(id);
  }

  private log(id: EntityId, sessionId: SessionId, change: Partial<Motion>): void {
    const motion = this.ground.physics.motionOf(id);
    if (motion) this.ground.log.note(id, { sessionId, name: 'physics' }, { ...motion, ...change });
  }

  private drop(reason: string): void {
    this.ground.metrics.dropped.inc(1, { reason });
  }
}
