import type { Clock } from '@app/clock';
import { type Entity, type EntityChange, type EntityTransaction, parentOf } from '@app/entities';
import type { vicinity } from '@app/wire';
import type { EntityId, InstanceId, Motion } from '@app/world';
import type { CommitOutcome } from '../shard/commit.js';
import { areTraitsChanged, isSimulable, motionOf, traitsOf } from './body-traits.js';
import { bodyShapeOf } from './body-shape.js';
import { Crowds } from './crowds.js';
import { isWayChanged, placeNamesSet } from './edited-names.js';
import type { HeardMotions } from './heard-motions.js';
import { HeldBodies } from './held-bodies.js';
import { isStill, placeDistance } from './motion-distance.js';
import { MotionLog, PHYSICS_AUTHOR } from './motion-log.js';
import { MotionPublisher } from './motion-publisher.js';
import { MotionReport } from './motion-report.js';
import { MovingObstacles } from './moving-obstacles.js';
import { NearObstacles } from './near-obstacles.js';
import { type FieldWorld, ObstacleField } from './obstacle-field.js';
import type { PhysicsMetrics } from './physics.metrics.js';
import { PhysicsWorld, type StepOutcome } from './physics-world.js';
import { StepLoop } from './step-loop.js';

/** Things of the world that are looked at in one step until all are known: large worlds must not stop the process. */
const LOADS_PER_STEP = 1_000;
/** Things that hang on what was moved, and are looked at in one step. */
const FOLLOWED_PER_STEP = 500;
/** A log that is farther off than this is corrected, in metres. */
const LOG_ERROR_M_MAX = 0.01;
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
  /** The number of bodies that stand still because there are too many at one place has become another. */
  onCrowded: (standing: number) => void;
  /** The engine has broken: begin anew. */
  onFailed: (error: unknown) => void;
}

/**
 * The bodies of one world while this process simulates them. Time stands still while all are at rest: nothing is computed,
 * and nothing told. Needs loadPhysicsEngine.
 */
export class Simulation {
  private readonly physics = new PhysicsWorld();
  /** Distance from their position within which all of them is, in metres. */
  private readonly bodies = new Map<EntityId, number>();
  /** Dynamic entities for which there is no room: they stand still. */
  private readonly beyond = new Set<EntityId>();
  private readonly field: ObstacleField;
  private readonly near: NearObstacles;
  private readonly movers: MovingObstacles;
  private readonly crowds: Crowds;
  private readonly publisher: MotionPublisher;
  private readonly log: MotionLog;
  private readonly held: HeldBodies;
  private readonly report: MotionReport;
  private readonly loop: StepLoop;
  private isLoaded = false;
  private isStopped = false;
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
    const { physics, publisher, log, near, bodies } = this;
    this.crowds = new Crowds({ physics, near, bodies, onCrowded: ground.onCrowded });
    this.report = new MotionReport(physics, publisher, log, (count) => metrics.told.inc(count));
    const onTouched = (id: EntityId): void => this.handleTouched(id);
    this.held = new HeldBodies({ clock, physics, publisher, log, metrics, entityOf, onTouched });
    const step = (nowMs: number, atMs: number): void => this.step(nowMs, atMs);
    this.loop = new StepLoop(clock, metrics, step, (error) => this.handleFailed(error));
    this.load();
  }

  /** There is nothing to simulate any more. */
  get isEmpty(): boolean {
    return this.bodies.size === 0 && this.log.isIdle;
  }

  /** Whether steps are being made. */
  get isAwake(): boolean {
    return this.loop.isRunning;
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
      this.physics.end();
    } catch {
      // An engine that has broken cannot even do that.
    }
  }

  private load(): void {
    const entities = [...this.ground.world.entities()].filter(isSimulable);
    // The same world is simulated alike, whoever loads it.
    entities.sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const entity of entities) this.admit(entity, false);
    this.measure();
    this.run();
  }

  /** Bodies do not move before it is known what they may hit. */
  private loadSome(atMs: number): void {
    if (!this.field.loadSome(LOADS_PER_STEP, atMs)) return;
    this.isLoaded = true;
    for (const id of this.bodies.keys()) this.look(id, atMs, true);
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
    this.bodies.set(id, shape.radiusM + Math.hypot(x, y, z));
    this.report.begin(id, clock.nowMs());
    this.crowds.forget(id);
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
    const isSame = wasBody === isBody && before !== undefined && after !== undefined;
    const isElsewhere = !isSame || isWayChanged(before, after);
    if (isSame && !isElsewhere && !areTraitsChanged(before.properties, after.properties)) return;
    if (wasBody) this.dismiss(id, before, after);
    else if (isBody && !this.beyond.has(id)) this.admit(after, true);
    else if (!isBody) this.beyond.delete(id);
    this.updateField(id, isElsewhere);
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
    const names = placeNamesSet(before, after);
    const motion: Motion = { ...current, ...Object.fromEntries(names.map((name) => [name, logged[name]])) };
    const isOther = areTraitsChanged(before.properties, after.properties);
    if (!isOther && names.length === 0) return;
    this.crowds.release(id);
    if (isOther) this.physics.putBody(id, traitsOf(after, shape), motion, true);
    this.held.hold(id);
    // What was to be logged is overtaken.
    this.log.forget(id);
    if (this.physics.isHeld(id)) this.physics.moveHeld(id, motion);
    else if (!isOther) this.physics.setMotion(id, motion);
    // The log has moved on what was not set in a straight line; here it may have hit something.
    if (placeDistance(motion, logged).metres > LOG_ERROR_M_MAX) this.report.correct(id);
    const { clock } = this.ground;
    this.publisher.tell(id, motion, clock.wallMs(), this.held.ownerOf(id));
    this.look(id, clock.wallMs());
    this.run();
  }

  private dismiss(id: EntityId, before: Entity | undefined, after: Entity | undefined): void {
    const motion = this.physics.motionOf(id);
    this.physics.removeBody(id);
    this.bodies.delete(id);
    this.crowds.forget(id);
    this.report.forget(id);
    this.near.forget(id);
    this.publisher.forget(id);
    this.log.forget(id);
    this.held.forget(id);
    // What was stopped in flight stays where it is: the log would move it on.
    const isLeft =
      before && after && parentOf(after.properties) === undefined && placeNamesSet(before, after).length === 0;
    if (isLeft && motion && !isStill(motion)) this.log.note(id, PHYSICS_AUTHOR, { ...motion, ...STILL });
    const [next] = this.beyond;
    const entity = next === undefined ? undefined : this.ground.world.get(next);
    this.beyond.delete(next);
    if (!entity || !isSimulable(entity)) return;
    this.admit(entity, false);
    this.updateField(next, true);
    this.look(next, this.ground.clock.wallMs());
  }

  private updateField(id: EntityId, isElsewhere: boolean): void {
    const atMs = this.ground.clock.wallMs();
    this.field.update(id, atMs, isElsewhere);
    this.handleObstacle(id, atMs);
  }

  private handleObstacle(id: EntityId, atMs: number): void {
    this.crowds.handleChanged();
    this.near.handleChange(id, atMs, (bodyId) => this.physics.wake(bodyId));
  }

  private look(id: EntityId, atMs: number, isAnew = false): void {
    const radiusM = this.bodies.get(id);
    const motion = this.physics.motionOf(id);
    if (radiusM === undefined || !motion) return;
    if (isAnew) this.near.forget(id);
    this.near.look(id, motion, radiusM, atMs);
  }

  private handleTouched(id: EntityId): void {
    this.report.handleTouched(id);
    this.crowds.handleChanged();
    this.run();
  }

  private handleFailed(error: unknown): void {
    this.stop();
    this.ground.onFailed(error);
  }

  private run(): void {
    if (!this.isStopped && this.bodies.size > 0) this.loop.start();
  }

  private step(nowMs: number, atMs: number): void {
    if (!this.isLoaded) this.loadSome(atMs);
    if (!this.isLoaded) return;
    this.held.tick(nowMs);
    this.field.followSome(FOLLOWED_PER_STEP, atMs, (id) => this.handleObstacle(id, atMs));
    for (const id of this.near.beginStep()) this.look(id, atMs);
    this.movers.advance(atMs);
    const stopped = this.crowds.check();
    const { moved, rested } = this.stepEngine();
    this.awake = moved;
    if (!this.report.follow({ moved, rested: [...rested, ...stopped] }, nowMs, atMs)) return;
    // Where they are has been read for those who are told: that costs more than to look.
    for (const id of this.awake) this.look(id, atMs);
    this.measure();
    if (this.isQuiet()) this.loop.stop();
  }

  private stepEngine(): StepOutcome {
    const { clock } = this.ground;
    const beganAtMs = clock.nowMs();
    const outcome = this.physics.step();
    this.crowds.noteStep(clock.nowMs() - beganAtMs);
    return outcome;
  }

  /** Nothing moves, and nothing will. */
  private isQuiet(): boolean {
    const isMoving = this.awake.length > 0 || this.held.size > 0 || this.movers.size > 0;
    return !isMoving && this.field.isUpToDate && !this.crowds.freeSome();
  }

  private measure(): void {
    const { metrics, worldName } = this.ground;
    const labels = { world: worldName };
    metrics.bodies.set(this.bodies.size, labels);
    metrics.awake.set(this.isStopped ? 0 : this.awake.length, labels);
    metrics.held.set(this.isStopped ? 0 : this.held.size, labels);
    metrics.obstacles.set(this.isStopped ? 0 : this.near.size, labels);
    metrics.beyondLimit.set(this.isStopped ? 0 : this.beyond.size, labels);
    metrics.crowded.set(this.isStopped ? 0 : this.crowds.size, labels);
  }
}

function isByPhysics({ editedBy }: Entity): boolean {
  return editedBy.sessionId === PHYSICS_AUTHOR.sessionId && editedBy.name === PHYSICS_AUTHOR.name;
}
