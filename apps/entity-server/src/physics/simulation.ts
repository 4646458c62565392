import { type Clock, type Tick, TickLoop } from '@app/clock';
import { type Entity, type EntityChange, type EntityTransaction, parentOf, propertiesAt } from '@app/entities';
import type { vicinity } from '@app/wire';
import type { EntityId, EntityProperties, EntityValue, InstanceId, Motion } from '@app/world';
import type { CommitOutcome } from '../shard/commit.js';
import { areTraitsChanged, isSimulable, motionOf, traitsOf } from './body-traits.js';
import { bodyShapeOf } from './body-shape.js';
import type { HeardMotions } from './heard-motions.js';
import { HeldBodies } from './held-bodies.js';
import { isStill, placeDistance } from './motion-distance.js';
import { MotionLog, PHYSICS_AUTHOR } from './motion-log.js';
import { MotionPublisher } from './motion-publisher.js';
import { MovingObstacles } from './moving-obstacles.js';
import { NearObstacles } from './near-obstacles.js';
import { type FieldWorld, ObstacleField } from './obstacle-field.js';
import type { PhysicsMetrics } from './physics.metrics.js';
import { PhysicsWorld, STEP_S, type StepOutcome } from './physics-world.js';

/** Viewers are told once in so many steps: 30 Hz. */
const STEPS_PER_TELLING = 2;
/** Bodies that move are logged this often, in ms. */
const LOG_INTERVAL_MS = 5_000;
/** After a step this part of its time is left to everything else that the process does. */
const PAUSE_SHARE = 1 / 3;
const PLACE_NAMES = ['position', 'rotation', 'velocity', 'angularVelocity'] as const;
const STILL = { velocity: { x: 0, y: 0, z: 0 }, angularVelocity: { x: 0, y: 0, z: 0 } };

/** What a simulation stands on. */
export interface SimulationGround {
  clock: Clock;
  worldName: string;
  instanceId: InstanceId;
  world: FieldWorld;
  bodiesMax: number;
  metrics: PhysicsMetrics;
  /** What the server before has said last. */
  heard: HeardMotions;
  publish: (table: vicinity.v1.EntityMotionTable.$Properties) => void;
  submit: (transaction: EntityTransaction) => Promise<CommitOutcome>;
  /** The engine has broken: begin anew. */
  onFailed: (error: unknown) => void;
}

interface Body {
  /** Distance from its position within which all of it is, in metres. */
  readonly radiusM: number;
  /** When it was logged, or began to move, on the monotonic clock. */
  loggedAtMs: number;
  /** Whether the engine has been moving it. */
  moves: boolean;
}

/**
 * The bodies of one world while this process simulates them. Time stands still while all are at rest: nothing is computed,
 * and nothing told. Needs loadPhysicsEngine.
 */
export class Simulation {
  private readonly physics = new PhysicsWorld();
  private readonly bodies = new Map<EntityId, Body>();
  /** Dynamic entities for which there is no room: they stand still. */
  private readonly beyond = new Set<EntityId>();
  private readonly field: ObstacleField;
  private readonly near: NearObstacles;
  private readonly movers: MovingObstacles;
  private readonly publisher: MotionPublisher;
  private readonly log: MotionLog;
  private readonly held: HeldBodies;
  private readonly loop: TickLoop;
  private isRunning = false;
  private isStopped = false;
  private steps = 0;
  private pausedUntilMs = 0;
  private awake: readonly EntityId[] = [];

  constructor(private readonly ground: SimulationGround) {
    const { clock, world, instanceId, publish, submit, metrics } = ground;
    this.field = new ObstacleField(world, (id) => this.bodies.has(id));
    this.near = new NearObstacles(this.field, this.physics);
    this.movers = new MovingObstacles(this.field, this.near, this.physics);
    this.publisher = new MotionPublisher(instanceId, publish);
    const entityOf = (id: EntityId): Entity | undefined => world.get(id);
    this.log = new MotionLog({
      clock,
      run: `${Math.round(clock.wallMs()).toString(36)}/${instanceId}`,
      entityOf,
      motionNow: (id) => this.physics.motionOf(id),
      submit,
      countLogged: (count) => metrics.logged.inc(count),
    });
    const { physics, publisher, log } = this;
    const onTouched = (id: EntityId): void => this.handleTouched(id);
    this.held = new HeldBodies({ clock, physics, publisher, log, metrics, entityOf, onTouched });
    this.loop = new TickLoop(clock, STEP_S * 1_000, (tick) => this.tick(tick));
    this.load();
  }

  /** There is nothing to simulate any more. */
  get isEmpty(): boolean {
    return this.bodies.size === 0 && this.log.isIdle;
  }

  /** Whether steps are being made. */
  get isAwake(): boolean {
    return this.isRunning;
  }

  /** Where a body is, and who has it; undefined when there is none. */
  bodyOf(id: EntityId): { motion: Motion; ownerId: number } | undefined {
    const motion = this.physics.motionOf(id);
    return motion && { motion, ownerId: this.held.ownerOf(id) };
  }

  /** What clients hold and move. */
  handleUplink({ motions }: vicinity.v1.IEntityMotionUplink): void {
    for (const motion of motions ?? []) this.held.handle(motion);
  }

  /** What a transaction of the log has changed. */
  handleChanges(editId: string, changes: readonly EntityChange[]): void {
    const isOwn = MotionLog.isOwn(editId);
    for (const change of changes) this.handleChange(change, isOwn);
    this.measure();
  }

  /** Has logged where everything is that moves. */
  async drain(): Promise<void> {
    for (const id of this.awake) if (!this.held.ownerOf(id)) this.log.note(id);
    await this.log.drain();
  }

  /** Ends at once. A second call is harmless. */
  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.loop.stop();
    this.log.stop();
    this.bodies.clear();
    this.measure();
    try {
      this.physics.free();
    } catch {
      // An engine that has broken cannot even do that.
    }
  }

  private load(): void {
    const atMs = this.ground.clock.wallMs();
    const entities = [...this.ground.world.entities()].filter(isSimulable);
    // The same world is simulated alike, whoever loads it.
    entities.sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const entity of entities) this.admit(entity, false);
    this.field.load(atMs);
    for (const id of this.bodies.keys()) this.look(id, atMs);
    this.measure();
    this.run();
  }

  /** @param isNew  somebody has just added it, or made it dynamic */
  private admit(entity: Entity, isNew: boolean): void {
    const { id } = entity;
    const shape = bodyShapeOf(entity);
    if (!shape) return;
    if (this.bodies.size >= this.ground.bodiesMax) return void this.beyond.add(id);
    this.beyond.delete(id);
    const { clock, heard } = this.ground;
    const logged = motionOf(entity);
    const told = heard.newerThan(id, entity.movedAtMs, clock.wallMs());
    const isAtRest = !told && isStill(logged) && isByPhysics(entity);
    const { x, y, z } = shape.offset;
    this.bodies.set(id, { radiusM: shape.radiusM + Math.hypot(x, y, z), loggedAtMs: clock.nowMs(), moves: false });
    this.physics.putBody(id, traitsOf(entity, shape), told ?? logged, isNew || !isAtRest);
    this.publisher.noteKnown(id, told ?? logged);
  }

  private handleChange({ id, before, after }: EntityChange, isOwn: boolean): void {
    const wasBody = this.bodies.has(id);
    const isBody = after !== undefined && isSimulable(after);
    if (wasBody && isBody) {
      if (!isOwn && before) this.adjust(before, after);
      return;
    }
    if (wasBody) this.dismiss(id, before, after);
    else if (isBody && !this.beyond.has(id)) this.admit(after, true);
    else if (!isBody) this.beyond.delete(id);
    this.updateField(id);
    if (this.bodies.has(id)) this.look(id, this.ground.clock.wallMs());
    this.run();
  }

  /** Somebody has edited a body: what they have set counts, the rest goes on as it is here. */
  private adjust(before: Entity, after: Entity): void {
    const { id } = after;
    const current = this.physics.motionOf(id);
    const shape = bodyShapeOf(after);
    if (!current || !shape) return;
    const logged = motionOf(after);
    const names = namesSet(before, after);
    const motion: Motion = { ...current, ...Object.fromEntries(names.map((name) => [name, logged[name]])) };
    const isOther = areTraitsChanged(before.properties, after.properties);
    if (!isOther && names.length === 0) return;
    if (isOther) this.physics.putBody(id, traitsOf(after, shape), motion, true);
    this.held.hold(id);
    // What was to be logged is overtaken.
    this.log.forget(id);
    if (this.physics.isHeld(id)) this.physics.moveHeld(id, motion);
    else if (!isOther) this.physics.setMotion(id, motion);
    const body = this.bodies.get(id);
    // The log has moved on what was not set in a straight line; here it may have hit something.
    if (body && placeDistance(motion, logged).metres > 0.01) body.loggedAtMs = -Infinity;
    const { clock } = this.ground;
    this.publisher.tell(id, motion, clock.wallMs(), this.held.ownerOf(id));
    this.look(id, clock.wallMs());
    this.run();
  }

  private dismiss(id: EntityId, before: Entity | undefined, after: Entity | undefined): void {
    const motion = this.physics.motionOf(id);
    this.physics.removeBody(id);
    this.bodies.delete(id);
    this.near.forget(id);
    this.publisher.forget(id);
    this.log.forget(id);
    this.held.forget(id);
    // What was stopped in flight stays where it is: the log would move it on.
    const isLeft = before && after && parentOf(after.properties) === undefined && namesSet(before, after).length === 0;
    if (isLeft && motion && !isStill(motion)) this.log.note(id, PHYSICS_AUTHOR, { ...motion, ...STILL });
    const [next] = this.beyond;
    const entity = next === undefined ? undefined : this.ground.world.get(next);
    this.beyond.delete(next);
    if (!entity || !isSimulable(entity)) return;
    this.admit(entity, false);
    this.updateField(next);
    this.look(next, this.ground.clock.wallMs());
  }

  private updateField(id: EntityId): void {
    const atMs = this.ground.clock.wallMs();
    this.field.update(id, atMs, (touched) =>
      this.near.handleChange(touched, atMs, (bodyId) => this.physics.wake(bodyId)),
    );
  }

  private look(id: EntityId, atMs: number): void {
    const body = this.bodies.get(id);
    const motion = this.physics.motionOf(id);
    if (body && motion) this.near.look(id, motion, body.radiusM, atMs);
  }

  private handleTouched(id: EntityId): void {
    const body = this.bodies.get(id);
    if (body) body.moves = false;
    this.run();
  }

  private run(): void {
    if (this.isRunning || this.isStopped || this.bodies.size === 0) return;
    this.isRunning = true;
    this.loop.start();
  }

  private tick({ latenessMs, skipped }: Tick): void {
    const { clock, metrics } = this.ground;
    const nowMs = clock.nowMs();
    const isPaused = nowMs < this.pausedUntilMs;
    if (skipped > 0 || isPaused) metrics.skipped.inc(skipped + Number(isPaused));
    if (isPaused) return;
    try {
      this.step(nowMs, clock.wallMs() - latenessMs);
    } catch (error) {
      this.stop();
      this.ground.onFailed(error);
      return;
    }
    const spentMs = clock.nowMs() - nowMs;
    this.pausedUntilMs = nowMs + spentMs * (1 + PAUSE_SHARE);
    metrics.stepMs.observe(spentMs);
  }

  private step(nowMs: number, atMs: number): void {
    this.held.tick(nowMs);
    for (const id of this.awake) this.look(id, atMs);
    for (const id of this.near.staleBodies()) this.look(id, atMs);
    this.movers.advance(atMs);
    const outcome = this.physics.step();
    this.awake = outcome.moved;
    this.follow(outcome, nowMs, atMs);
  }

  private follow({ moved, rested }: StepOutcome, nowMs: number, atMs: number): void {
    for (const id of rested) this.settle(id, atMs);
    if (++this.steps % STEPS_PER_TELLING !== 0) return;
    for (const id of moved) {
      const motion = this.physics.motionOf(id);
      const body = this.bodies.get(id);
      if (!motion || !body) continue;
      this.publisher.consider(id, motion, atMs, 0);
      if (!body.moves && body.loggedAtMs > -Infinity) body.loggedAtMs = nowMs;
      body.moves = true;
      if (nowMs - body.loggedAtMs < LOG_INTERVAL_MS) continue;
      body.loggedAtMs = nowMs;
      this.log.note(id);
    }
    const told = this.publisher.flush();
    if (told > 0) this.ground.metrics.told.inc(told);
    this.measure();
    if (moved.length > 0 || this.held.size > 0 || this.movers.size > 0) return;
    this.isRunning = false;
    this.loop.stop();
  }

  private settle(id: EntityId, atMs: number): void {
    const motion = this.physics.motionOf(id);
    const body = this.bodies.get(id);
    if (!motion || !body) return;
    body.moves = false;
    this.publisher.consider(id, motion, atMs, 0);
    this.log.note(id);
  }

  private measure(): void {
    const { metrics, worldName } = this.ground;
    const labels = { world: worldName };
    metrics.bodies.set(this.bodies.size, labels);
    metrics.awake.set(this.isStopped ? 0 : this.awake.length, labels);
    metrics.held.set(this.isStopped ? 0 : this.held.size, labels);
    metrics.obstacles.set(this.isStopped ? 0 : this.near.size, labels);
    metrics.beyondLimit.set(this.isStopped ? 0 : this.beyond.size, labels);
  }
}

function isByPhysics({ editedBy }: Entity): boolean {
  return editedBy.sessionId === PHYSICS_AUTHOR.sessionId && editedBy.name === PHYSICS_AUTHOR.name;
}

/** Which of place and speed an edit has set: what differs from where the log would have come to without it. */
function namesSet(before: Entity, after: Entity): Array<(typeof PLACE_NAMES)[number]> {
  const expected: EntityProperties = propertiesAt(before, after.movedAtMs);
  return PLACE_NAMES.filter((name) => !isSame(expected[name], after.properties[name]));
}

function isSame(a: EntityValue | undefined, b: EntityValue | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  const [left, right] = [a, b] as Array<Record<string, unknown>>;
  return ['x', 'y', 'z', 'w'].every((name) => left[name] === right[name]);
}
