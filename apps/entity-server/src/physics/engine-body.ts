import { type Collider, type RigidBody, RigidBodyDesc, RigidBodyType, type World } from '@dimforge/rapier3d-compat';
import { rotate } from '@app/spatial';
import {
  ENTITY_POSITION_M_MAX,
  ENTITY_SPEED_MPS_MAX,
  ENTITY_SPIN_RADPS_MAX,
  type Motion,
  type Vec3,
  type WorldTransform,
} from '@app/world';
import type { BodyTraits } from './body-traits.js';
import { colliderOf } from './collider-of.js';

/** Length of one step, in seconds: 60 Hz. */
export const STEP_S = 1 / 60;
/** A body that the engine puts to sleep while it is faster than this is not at rest, in m/s and rad/s. */
const REST_SPEED_MAX = 0.03;
const STILL: Vec3 = { x: 0, y: 0, z: 0 };

/** One body in the engine's world. */
export class EngineBody {
  readonly rigid: RigidBody;
  isHeld = false;
  isAwake = true;
  /** It stands still although something may pull. */
  isStopped = false;
  private readonly collider: Collider;
  private gravity: Vec3;
  /** The engine has moved it since `known` was read. */
  private isStale = false;

  /** @param known  where it is and how it moves */
  constructor(
    private readonly world: World,
    traits: BodyTraits,
    private known: Motion,
  ) {
    const { position, rotation } = known;
    this.rigid = world.createRigidBody(
      RigidBodyDesc.dynamic()
        .setTranslation(position.x, position.y, position.z)
        .setRotation(rotation)
        .setLinearDamping(engineDamping(traits.damping))
        .setAngularDamping(engineDamping(traits.angularDamping))
        .setCcdEnabled(true),
    );
    this.collider = world.createCollider(colliderOf(traits.shape, traits).setDensity(traits.density), this.rigid);
    this.gravity = traits.gravity;
    const mass = this.rigid.mass();
    const { x, y, z } = traits.gravity;
    this.rigid.addForce({ x: mass * x, y: mass * y, z: mass * z }, false);
  }

  /** Where it is and how it moves. */
  get motion(): Motion {
    if (this.isStale) this.read();
    return this.known;
  }

  /** Puts it somewhere, with a speed. */
  place(motion: Motion): void {
    this.isStale = false;
    this.known = motion;
    this.rigid.setTranslation(motion.position, true);
    this.rigid.setRotation(motion.rotation, true);
    if (!this.isHeld) this.push(motion);
  }

  /** Where it is at the end of the next step, if it is held. */
  lead(motion: Motion): void {
    this.isStale = false;
    this.known = motion;
    this.rigid.setNextKinematicTranslation(motion.position);
    this.rigid.setNextKinematicRotation(motion.rotation);
  }

  hold(): void {
    this.known = this.motion;
    this.isHeld = true;
    this.rigid.setBodyType(RigidBodyType.KinematicPositionBased, true);
  }

  release(motion: Motion): void {
    this.isHeld = false;
    this.rigid.setBodyType(RigidBodyType.Dynamic, true);
    this.place(motion);
  }

  /** Takes it out of the engine's work, where it is. */
  stop(): void {
    this.known = { ...this.motion, velocity: STILL, angularVelocity: STILL };
    this.isStopped = true;
    this.isAwake = false;
    this.rigid.setEnabled(false);
  }

  free(): void {
    if (!this.isStopped) return;
    this.isStopped = false;
    this.rigid.setEnabled(true);
    this.place(this.known);
  }

  /** After a step. Returns what has become of it. */
  follow(): 'held' | 'resting' | 'moved' | 'rested' {
    if (this.isHeld) return 'held';
    if (this.isStopped) return 'resting';
    const isAsleep = this.rigid.isSleeping();
    if (isAsleep && !this.isAwake) return 'resting';
    if (isAsleep && this.isAtRest()) {
      this.isAwake = this.isStale = false;
      this.known = { ...placeOf(this.rigid), velocity: STILL, angularVelocity: STILL };
      return 'rested';
    }
    if (isAsleep) this.push(this.known);
    this.isAwake = this.isStale = true;
    return 'moved';
  }

  /** The engine finds slow bodies at rest even where nothing carries them. What it has stopped is known from before. */
  private isAtRest(): boolean {
    const { velocity, angularVelocity } = this.known;
    if (lengthOf(velocity) > REST_SPEED_MAX || lengthOf(angularVelocity) > REST_SPEED_MAX) return false;
    if (lengthOf(this.gravity) === 0) return true;
    let touches = false;
    this.world.contactPairsWith(this.collider, () => (touches = true));
    return touches;
  }

  private read(): void {
    this.isStale = false;
    const { rigid, known: before } = this;
    const place = placeOf(rigid);
    const velocity = bare(rigid.velocityAtPoint(place.position));
    const motion = { ...place, velocity, angularVelocity: bare(rigid.angvel()) };
    if (!isFinite(motion)) return this.place({ ...before, velocity: STILL, angularVelocity: STILL });
    this.known = motion;
    if (largestOf(place.position) > ENTITY_POSITION_M_MAX) this.stopAtEdge();
    else if (largestOf(velocity) > ENTITY_SPEED_MPS_MAX || lengthOf(motion.angularVelocity) > ENTITY_SPIN_RADPS_MAX)
      this.slow();
  }

  /** Nothing leaves the world. At its edge there is nothing to lie on, and nothing pulls. */
  private stopAtEdge(): void {
    const { position, rotation } = this.known;
    this.gravity = STILL;
    this.rigid.resetForces(false);
    const inside = clamped(position, ENTITY_POSITION_M_MAX);
    this.place({ position: inside, rotation, velocity: STILL, angularVelocity: STILL });
  }

  /** Nothing is faster than entities are. */
  private slow(): void {
    const { velocity, angularVelocity } = this.known;
    this.known = {
      ...this.known,
      velocity: clamped(velocity, ENTITY_SPEED_MPS_MAX),
      angularVelocity: clamped(angularVelocity, ENTITY_SPIN_RADPS_MAX / 2),
    };
    this.push(this.known);
  }

  /** Velocities of entities are those of their positions; the engine's are those of centres of mass. */
  private push({ rotation, velocity: v, angularVelocity: w }: Motion): void {
    const { x, y, z } = rotate(rotation, this.rigid.localCom(), { x: 0, y: 0, z: 0 });
    this.rigid.setLinvel({ x: v.x + w.y * z - w.z * y, y: v.y + w.z * x - w.x * z, z: v.z + w.x * y - w.y * x }, true);
    this.rigid.setAngvel(w, true);
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
  const clamp = (value: number): number => Math.min(max, Math.max(-max, value));
  return { x: clamp(x), y: clamp(y), z: clamp(z) };
}
