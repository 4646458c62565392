import type { Clock, Timer } from '@app/clock';
import type { EntityTransaction, EntityWorld, TransactionOutcome } from '@app/entities';
import type { Logger } from '@app/runtime';
import type { vicinity } from '@app/wire';
import type { InstanceId } from '@app/world';
import type { CommitOutcome } from '../shard/commit.js';
import { isSimulable } from './body-traits.js';
import { HeardMotions } from './heard-motions.js';
import { loadPhysicsEngine } from './physics-engine.js';
import type { PhysicsMetrics } from './physics.metrics.js';
import { Simulation } from './simulation.js';

/** Pause before a simulation that broke is begun anew, in ms; twice as long each further time. */
const RETRY_MS_MIN = 5_000;
const RETRY_MS_MAX = 600_000;
/** Crowds are logged at most this often, in ms: whoever builds could fill the log. */
const CROWD_NOTICE_MS = 60_000;

/** What the physics of a world stands on. */
export interface WorldPhysicsGround {
  clock: Clock;
  logger: Logger;
  metrics: PhysicsMetrics;
  instanceId: InstanceId;
  worldName: string;
  world: EntityWorld;
  /** Bodies that are simulated at most; 0 for no physics. */
  bodiesMax: number;
  /** Tells other servers, and viewers of this one. */
  publish: (table: vicinity.v1.EntityMotionTable.$Properties) => void;
  submit: (transaction: EntityTransaction) => Promise<CommitOutcome>;
}

/**
 * The physics of one world: simulated while this process writes the first shard and there is something to simulate; else
 * only remembered where the server that simulates says that bodies are, so as to go on from there.
 */
export class WorldPhysics {
  private readonly heard = new HeardMotions();
  private simulation: Simulation | undefined;
  private isActive = false;
  private isLoading = false;
  private retry: Timer | undefined;
  private retryMs = RETRY_MS_MIN;
  private failedAtMs = -Infinity;
  private crowdToldAtMs = -Infinity;

  constructor(private readonly ground: WorldPhysicsGround) {}

  /** The simulation that runs here; undefined while there is none. */
  get current(): Simulation | undefined {
    return this.simulation;
  }

  /** This process has become, or is no longer, the one that simulates. */
  setActive(isActive: boolean): void {
    this.isActive = isActive;
    if (!isActive) return this.end();
    for (const entity of this.ground.world.entities()) if (isSimulable(entity)) return this.begin();
  }

  /** What a record has done. */
  handleRecord(outcomes: readonly TransactionOutcome[]): void {
    if (!this.isActive) return;
    for (const outcome of outcomes) {
      if (outcome.kind !== 'done') continue;
      if (this.simulation) this.simulation.handleChanges(outcome.editId, outcome.changes);
      else if (outcome.changes.some(({ after }) => after && isSimulable(after))) this.begin();
    }
    if (this.simulation?.isEmpty) this.end();
  }

  /** What clients hold and move. */
  handleUplink(uplink: vicinity.v1.IEntityMotionUplink): void {
    this.simulation?.handleUplink(uplink);
  }

  /** Where another server says that bodies are. */
  handleMotions(table: vicinity.v1.IEntityMotionTable): void {
    if (!this.isActive) this.heard.take(table);
  }

  /** Has logged where everything is, before another server goes on. */
  async drain(): Promise<void> {
    await this.simulation?.drain();
  }

  /** A second call is harmless. */
  stop(): void {
    this.setActive(false);
    this.heard.clear();
  }

  private begin(): void {
    if (this.isLoading || this.simulation || this.retry || this.ground.bodiesMax === 0) return;
    this.isLoading = true;
    void loadPhysicsEngine().then(
      () => {
        this.isLoading = false;
        if (this.isActive && !this.simulation) this.simulate();
      },
      (error: unknown) => {
        this.isLoading = false;
        this.fail(error);
      },
    );
  }

  private simulate(): void {
    const { publish } = this.ground;
    try {
      this.simulation = new Simulation({
        ...this.ground,
        heard: this.heard,
        publish: (table) => {
          this.heard.take(table);
          publish(table);
        },
        onCrowded: (standing) => this.noteCrowd(standing),
        onFailed: (error) => this.fail(error),
      });
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    const { logger, metrics, clock, worldName } = this.ground;
    metrics.failures.inc();
    logger.error({ err: error, world: worldName }, 'The simulation of bodies has failed; beginning anew.');
    this.simulation = undefined;
    // What is in the world may be the reason: then the next time ends alike.
    const nowMs = clock.nowMs();
    this.retryMs = nowMs - this.failedAtMs > 2 * RETRY_MS_MAX ? RETRY_MS_MIN : Math.min(RETRY_MS_MAX, 2 * this.retryMs);
    this.failedAtMs = nowMs;
    this.retry ??= clock.after(this.retryMs, () => {
      this.retry = undefined;
      if (this.isActive) this.setActive(true);
    });
  }

  private noteCrowd(standing: number): void {
    const { logger, clock, worldName } = this.ground;
    const nowMs = clock.nowMs();
    if (standing === 0 || nowMs - this.crowdToldAtMs < CROWD_NOTICE_MS) return;
    this.crowdToldAtMs = nowMs;
    logger.warn({ world: worldName, standing }, 'Too many bodies are at one place: some of them stand still.');
  }

  private end(): void {
    this.retry?.cancel();
    this.retry = undefined;
    this.simulation?.stop();
    this.simulation = undefined;
  }
}
