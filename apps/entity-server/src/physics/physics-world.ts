import { type Collider, type RigidBody, RigidBodyDesc, World } from '@dimforge/rapier3d-compat';
import type { EntityId, Motion, WorldTransform } from '@app/world';
import type { BodyShape } from './body-shape.js';
import type { BodyTraits } from './body-traits.js';
import { colliderOf, type Surface } from './collider-of.js';
import { EngineBody, STEP_S } from './engine-body.js';

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
  private readonly world = new World({ x: 0, y: 0, z: 0 });
  private readonly bodies = new Map<EntityId, EngineBody>();
  private readonly obstacles = new Map<EntityId, Obstacle>();
  /** Bodies that shall sleep once the engine has seen what they touch: only then does it know whom to wake. */
  private readonly drowsy = new Set<EntityId>();

  constructor() {
    this.world.timestep = STEP_S;
  }

  /** Puts a body into the world; one of that id is replaced. */
  putBody(id: EntityId, traits: BodyTraits, motion: Motion, isAwake: boolean): void {
    this.removeBody(id);
    const body = new EngineBody(this.world, traits, motion);
    this.bodies.set(id, body);
    if (isAwake) return body.place(motion);
    body.isAwake = false;
    this.drowsy.add(id);
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

  isHeld(id: EntityId): boolean {
    return this.bodies.get(id)?.isHeld ?? false;
  }

  /** Puts a body somewhere else, or gives it another speed. A held one stays held. */
  setMotion(id: EntityId, motion: Motion): void {
    this.wake(id);
    this.bodies.get(id)?.place(motion);
  }

  /** From now on the body goes where `moveHeld` says, and pushes others out of its way. */
  hold(id: EntityId): void {
    const body = this.bodies.get(id);
    if (!body || body.isHeld) return;
    this.free(id);
    body.hold();
  }

  /** Where a held body is at the end of the next step. */
  moveHeld(id: EntityId, motion: Motion): void {
    const body = this.bodies.get(id);
    if (body?.isHeld) body.lead(motion);
  }

  /** The body is the engine's again, and flies on as given. */
  release(id: EntityId, motion: Motion): void {
    const body = this.bodies.get(id);
    if (!body?.isHeld) return;
    this.wake(id);
    body.release(motion);
  }

  /** The body stands still, and nothing hits it, until `free`. A held one, and one that stands, is left alone. */
  stop(id: EntityId): void {
    const body = this.bodies.get(id);
    if (!body || body.isHeld) return;
    this.drowsy.delete(id);
    body.stop();
  }

  /** The body moves again. */
  free(id: EntityId): void {
    this.bodies.get(id)?.free();
    this.wake(id);
  }

  wake(id: EntityId): void {
    const body = this.bodies.get(id);
    if (!body || body.isStopped) return;
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

  /** Goes on by STEP_S. Throws when the engine is broken; nothing but `end` makes sense then. */
  step(): StepOutcome {
    this.world.step();
    for (const id of this.drowsy) this.bodies.get(id)?.rigid.sleep();
    this.drowsy.clear();
    const moved: EntityId[] = [];
    const rested: EntityId[] = [];
    for (const [id, body] of this.bodies) {
      const fate = body.follow();
      if (fate === 'moved') moved.push(id);
      else if (fate === 'rested') rested.push(id);
    }
    return { moved, rested };
  }

  /** Gives the memory back. Nothing else may be called afterwards. */
  end(): void {
    this.bodies.clear();
    this.obstacles.clear();
    this.world.free();
  }
}
