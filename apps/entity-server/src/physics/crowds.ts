import type { EntityId } from '@app/world';
import { type CrowdBody, CrowdLimit } from './crowd-limit.js';
import type { NearObstacles } from './near-obstacles.js';
import type { PhysicsWorld } from './physics-world.js';

/** What crowds stand on. */
export interface CrowdGround {
  physics: PhysicsWorld;
  near: NearObstacles;
  /** All bodies, and the distance from their position within which all of each is, in metres. */
  bodies: ReadonlyMap<EntityId, number>;
  /** The number of those that stand still has become another. */
  onCrowded: (standing: number) => void;
}

/** Stops bodies of the engine where too many are at one place, and lets them go when there is room. */
export class Crowds {
  private readonly limit = new CrowdLimit();

  constructor(private readonly ground: CrowdGround) {}

  /** Bodies that stand still. */
  get size(): number {
    return this.limit.size;
  }

  /** Bodies or obstacles are others, or elsewhere. */
  handleChanged(): void {
    this.limit.handleChanged();
  }

  /** The engine has another body of that id, or none. */
  forget(id: EntityId): void {
    this.limit.forget(id);
  }

  /** Somebody has touched a body: it moves until it is looked at again. */
  release(id: EntityId): void {
    this.limit.forget(id);
    this.ground.physics.free(id);
  }

  /** The engine has made a step. */
  noteStep(spentMs: number): void {
    this.limit.noteStep(spentMs);
  }

  /** Before each step. Returns bodies that stand still from now on. */
  check(): readonly EntityId[] {
    const { physics, near, onCrowded } = this.ground;
    const before = this.size;
    const { stopped, freed } = this.limit.check(
      () => this.listBodies(),
      () => near.balls(),
    );
    for (const id of stopped) physics.stop(id);
    for (const id of freed) physics.free(id);
    if (this.size !== before) onCrowded(this.size);
    return stopped;
  }

  /** Lets those go for whom there is room. Returns whether there are any. */
  freeSome(): boolean {
    const before = this.size;
    if (before === 0) return false;
    this.handleChanged();
    this.check();
    return this.size < before;
  }

  private listBodies(): CrowdBody[] {
    const { physics, bodies } = this.ground;
    const listed: CrowdBody[] = [];
    for (const [id, radiusM] of bodies) {
      const motion = physics.motionOf(id);
      if (motion) listed.push({ id, centre: motion.position, radiusM, isHeld: physics.isHeld(id) });
    }
    return listed;
  }
}
