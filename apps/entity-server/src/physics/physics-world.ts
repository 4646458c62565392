import { type Collider, type RigidBody, RigidBodyDesc, RigidBodyType, World } from '@dimforge/rapier3d-compat';
import { rotate } from '@app/spatial';
import {
  ENTITY_POSITION_M_MAX,
  ENTITY_SPEED_MPS_MAX,
  type EntityId,
  type Motion,
  type Vec3,
  type WorldTransform,
} from '@app/world';
import type { BodyShape } from './body-shape.js';
import type { BodyTraits } from './body-traits.js';
import { colliderOf, type Surface } from './collider-of.js';

/** Length of one step, in seconds: 60 Hz. */
export const STEP_S = 1 / 60;
/** Fastest turn, in rad/s, as for entities. */
const SPIN_MAX = 1_000;
/** A body that the engine puts to sleep while it is faster than this is not at rest, in m/s and rad/s. */
const REST_SPEED_MAX = 0.03;
const STILL: Vec3 = { x: 0, y: 0, z: 0 };

interface Body {
  readonly rigid: RigidBody;
  readonly collider: Collider;
  gravity: Vec3;
  isHeld: boolean;
  isAwake: boolean;
  motion: Motion;
}

interface Obstacle {
  readonly collider: Collider;
  readonly rigid: RigidBody;
}

/** What a step has done. */
export interface StepOutcome {
  /** Bodies that may have moved, in the order in which they were put. */
  readonly moved: readonly EntityId[];
  /** Bodies that have come to rest; not among the moved ones. */
  readonly rested: readonly EntityId[];
}

/**
 * The engine's world: bodies that move each other, and obstacles that they hit. Positions are those of entities, in world
 * coordinates. The same calls in the same order have the same result. Numbers that come in are finite.
 */
export class PhysicsWorld {
  // Each body has a gravity of its own.
  private readonly world = new World(STILL);
  private readonly bodies = new Map<EntityId, Body>();
  private readonly obstacles = new Map<EntityId, Obstacle>();
  /** Bodies that shall sleep once the engine has seen what they touch: only then does it know whom to wake. */
  private readonly drowsy = new Set<EntityId>();

  constructor() {
    this.world.timestep = STEP_S;
  }

  /** Puts a body into the world; one of that id is replaced. */
  putBody(id: EntityId, traits: BodyTraits, motion: Motion, isAwake: boolean): void {
    this.removeBody(id);
    const { position, rotation } = motion;
    const { world } = this;
    const rigid = world.createRigidBody(
      RigidBodyDesc.dynamic()
        .setTranslation(position.x, position.y, position.z)
        .setRotation(rotation)
        .setLinearDamping(engineDamping(traits.damping))
        .setAngularDamping(engineDamping(traits.angularDamping))
        .setCcdEnabled(true),
    );
    const collider = world.createCollider(colliderOf(traits.shape, traits).setDensity(traits.density), rigid);
    const body = { rigid, collider, gravity: traits.gravity, isHeld: false, isAwake, motion };
    this.bodies.set(id, body);
    this.pull(body);
    if (isAwake) this.push(body, motion);
    else this.drowsy.add(id);
  }

  removeBody(id: EntityId): void {
    const body = this.bodies.get(id);
    if (!body) return;
    this.world.removeRigidBody(body.rigid);
    this.bodies.delete(id);
    this.drowsy.delete(id);
  }

  hasBody(id: EntityId): boolean {
    return this.bodies.has(id);
  }

  /** Where a body is and how it moves; undefined when there is none. */
  motionOf(id: EntityId): Motion | undefined {
    return this.bodies.get(id)?.motion;
  }

  isAwake(id: EntityId): boolean {
    return this.bodies.get(id)?.isAwake ?? false;
  }

  isHeld(id: EntityId): boolean {
    return this.bodies.get(id)?.isHeld ?? false;
  }

  /** Puts a body somewhere else, or gives it another speed. A held one stays held. */
  setMotion(id: EntityId, motion: Motion): void {
    const body = this.bodies.get(id);
    if (!body) return;
    this.wake(id);
    this.place(body, motion);
  }

  /** From now on the body goes where `moveHeld` says, and pushes others out of its way. */
  hold(id: EntityId): void {
    const body = this.bodies.get(id);
    if (!body || body.isHeld) return;
    body.isHeld = true;
    this.wake(id);
    body.rigid.setBodyType(RigidBodyType.KinematicPositionBased, true);
  }

  /** Where a held body is at the end of the next step. */
  moveHeld(id: EntityId, motion: Motion): void {
    const body = this.bodies.get(id);
    if (!body?.isHeld) return;
    body.motion = motion;
    body.rigid.setNextKinematicTranslation(motion.position);
    body.rigid.setNextKinematicRotation(motion.rotation);
  }

  /** The body is the engine's again, and flies on as given. */
  release(id: EntityId, motion: Motion): void {
    const body = this.bodies.get(id);
    if (!body?.isHeld) return;
    body.isHeld = false;
    body.rigid.setBodyType(RigidBodyType.Dynamic, true);
    this.setMotion(id, motion);
  }

  wake(id: EntityId): void {
    const body = this.bodies.get(id);
    if (!body) return;
    body.isAwake = true;
    this.drowsy.delete(id);
    body.rigid.wakeUp();
  }

  /** Puts an obstacle into the world; one of that id is replaced. @param moves  whether `moveObstacle` will be called */
  putObstacle(id: EntityId, shape: BodyShape, surface: Surface, place: WorldTransform, moves: boolean): void {
    this.removeObstacle(id);
    const { position, rotation } = place;
    const stand = moves ? RigidBodyDesc.kinematicPositionBased() : RigidBodyDesc.fixed();
    const rigid = this.world.createRigidBody(
      stand.setTranslation(position.x, position.y, position.z).setRotation(rotation),
    );
    this.obstacles.set(id, { rigid, collider: this.world.createCollider(colliderOf(shape, surface), rigid) });
  }

  /** Where an obstacle that moves is at the end of the next step. */
  moveObstacle(id: EntityId, { position, rotation }: WorldTransform): void {
    const obstacle = this.obstacles.get(id);
    obstacle?.rigid.setNextKinematicTranslation(position);
    obstacle?.rigid.setNextKinematicRotation(rotation);
  }

  /** Whoever lay on it wakes. */
  removeObstacle(id: EntityId): void {
    const obstacle = this.obstacles.get(id);
    if (!obstacle) return;
    this.world.removeCollider(obstacle.collider, true);
    this.world.removeRigidBody(obstacle.rigid);
    this.obstacles.delete(id);
  }

  /** Numbers of what is there. */
  get counts(): { bodies: number; obstacles: number } {
    return { bodies: this.bodies.size, obstacles: this.obstacles.size };
  }

  /** Goes on by STEP_S. Throws when the engine is broken; nothing but `free` makes sense then. */
  step(): StepOutcome {
    this.world.step();
    for (const id of this.drowsy) this.bodies.get(id)?.rigid.sleep();
    this.drowsy.clear();
    const moved: EntityId[] = [];
    const rested: EntityId[] = [];
    for (const [id, body] of this.bodies) {
      if (body.isHeld) continue;
      const isAsleep = body.rigid.isSleeping();
      if (isAsleep && !body.isAwake) continue;
      if (isAsleep && this.isAtRest(body)) {
        body.isAwake = false;
        body.motion = { ...placeOf(body.rigid), velocity: STILL, angularVelocity: STILL };
        rested.push(id);
      } else {
        this.follow(body, isAsleep);
        moved.push(id);
      }
    }
    return { moved, rested };
  }

  /** Gives the memory back. Nothing else may be called afterwards. */
  free(): void {
    this.world.free();
    this.bodies.clear();
    this.obstacles.clear();
  }

  /** The engine finds slow bodies at rest even where nothing carries them. */
  private isAtRest({ motion, gravity, collider }: Body): boolean {
    if (lengthOf(motion.velocity) > REST_SPEED_MAX || lengthOf(motion.angularVelocity) > REST_SPEED_MAX) return false;
    if (lengthOf(gravity) === 0) return true;
    let touches = false;
    this.world.contactPairsWith(collider, () => (touches = true));
    return touches;
  }

  private follow(body: Body, isAsleep: boolean): void {
    body.isAwake = true;
    const { rigid, motion: before } = body;
    if (isAsleep) this.push(body, before);
    const place = placeOf(rigid);
    const velocity = bare(rigid.velocityAtPoint(place.position));
    const motion = { ...place, velocity, angularVelocity: bare(rigid.angvel()) };
    if (!isFinite(motion)) return this.place(body, { ...before, velocity: STILL, angularVelocity: STILL });
    body.motion = motion;
    if (largestOf(place.position) > ENTITY_POSITION_M_MAX) this.stopAtEdge(body);
    else if (largestOf(velocity) > ENTITY_SPEED_MPS_MAX || lengthOf(motion.angularVelocity) > SPIN_MAX) this.slow(body);
  }

  /** Nothing leaves the world. At its edge there is nothing to lie on, and nothing pulls. */
  private stopAtEdge(body: Body): void {
    const { position, rotation } = body.motion;
    body.gravity = STILL;
    body.rigid.resetForces(false);
    this.place(body, {
      position: clamped(position, ENTITY_POSITION_M_MAX),
      rotation,
      velocity: STILL,
      angularVelocity: STILL,
    });
  }

  /** Nothing is faster than entities are. */
  private slow(body: Body): void {
    const { velocity, angularVelocity } = body.motion;
    body.motion = {
      ...body.motion,
      velocity: clamped(velocity, ENTITY_SPEED_MPS_MAX),
      angularVelocity: clamped(angularVelocity, SPIN_MAX / 2),
    };
    this.push(body, body.motion);
  }

  private place(body: Body, motion: Motion): void {
    body.motion = motion;
    body.rigid.setTranslation(motion.position, true);
    body.rigid.setRotation(motion.rotation, true);
    if (!body.isHeld) this.push(body, motion);
  }

  /** Velocities of entities are those of their positions; the engine's are those of centres of mass. */
  private push({ rigid }: Body, { rotation, velocity: v, angularVelocity: w }: Motion): void {
    const { x, y, z } = rotate(rotation, rigid.localCom(), { x: 0, y: 0, z: 0 });
    rigid.setLinvel({ x: v.x + w.y * z - w.z * y, y: v.y + w.z * x - w.x * z, z: v.z + w.x * y - w.y * x }, true);
    rigid.setAngvel(w, true);
  }

  private pull({ rigid, gravity }: Body): void {
    const mass = rigid.mass();
    rigid.resetForces(false);
    rigid.addForce({ x: mass * gravity.x, y: mass * gravity.y, z: mass * gravity.z }, false);
  }
}

/** The engine divides a speed by 1 + damping · time in each step; entities lose a share of it in each second. */
function engineDamping(share: number): number {
  // What is damped wholly loses its speed at once.
  if (share >= 1) return 1e6;
  return share > 0 ? ((1 - share) ** -STEP_S - 1) / STEP_S : 0;
}

function placeOf(rigid: RigidBody): WorldTransform {
  const { x, y, z, w } = rigid.rotation();
  return { position: bare(rigid.translation()), rotation: { x, y, z, w } };
}

/** The engine's vectors are more than numbers. */
function bare({ x, y, z }: Vec3): Vec3 {
  return { x, y, z };
}

function isFinite({ position: p, rotation: r, velocity: v, angularVelocity: w }: Motion): boolean {
  return Number.isFinite(p.x + p.y + p.z + r.x + r.y + r.z + r.w + v.x + v.y + v.z + w.x + w.y + w.z);
}

function largestOf({ x, y, z }: Vec3): number {
  return Math.max(Math.abs(x), Math.abs(y), Math.abs(z));
}

function lengthOf({ x, y, z }: Vec3): number {
  return Math.sqrt(x * x + y * y + z * z);
}

function clamped({ x, y, z }: Vec3, max: number): Vec3 {
  return { x: clamp(x, max), y: clamp(y, max), z: clamp(z, max) };
}

function clamp(value: number, max: number): number {
  return Math.min(max, Math.max(-max, value));
}
