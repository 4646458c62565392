import type { EntityId } from '@app/world';
import type { MotionLog } from './motion-log.js';
import type { MotionPublisher } from './motion-publisher.js';
import type { PhysicsWorld, StepOutcome } from './physics-world.js';

/** Viewers are told once in so many steps: 30 Hz. */
const STEPS_PER_TELLING = 2;
/** Bodies that move are logged this often, in ms. */
const LOG_INTERVAL_MS = 5_000;

interface Reported {
  /** When it was logged, or began to move, on the monotonic clock. */
  loggedAtMs: number;
  /** Whether the engine has been moving it. */
  moves: boolean;
}

/** After each step: what viewers are told, and what the log. */
export class MotionReport {
  private readonly reported = new Map<EntityId, Reported>();
  private steps = 0;

  constructor(
    private readonly physics: PhysicsWorld,
    private readonly publisher: MotionPublisher,
    private readonly log: MotionLog,
    private readonly countTold: (count: number) => void,
  ) {}

  /** There is a body. */
  begin(id: EntityId, nowMs: number): void {
    this.reported.set(id, { loggedAtMs: nowMs, moves: false });
  }

  forget(id: EntityId): void {
    this.reported.delete(id);
  }

  /** A client has taken it or let it go: its way begins anew. */
  handleTouched(id: EntityId): void {
    const reported = this.reported.get(id);
    if (reported) reported.moves = false;
  }

  /** The log is wrong about it: it is to be logged as soon as it has moved. */
  correct(id: EntityId): void {
    const reported = this.reported.get(id);
    if (reported) reported.loggedAtMs = -Infinity;
  }

  /**
   * Reports a step.
   *
   * @param nowMs  the monotonic clock
   * @param atMs   the time to which the step belongs, ms since 1970-01-01 UTC
   * @returns whether everything has been told by now
   */
  follow({ moved, rested }: StepOutcome, nowMs: number, atMs: number): boolean {
    for (const id of rested) this.settle(id, atMs);
    if (++this.steps % STEPS_PER_TELLING !== 0) return false;
    for (const id of moved) this.report(id, nowMs, atMs);
    const told = this.publisher.flush();
    if (told > 0) this.countTold(told);
    return true;
  }

  private report(id: EntityId, nowMs: number, atMs: number): void {
    const motion = this.physics.motionOf(id);
    const reported = this.reported.get(id);
    if (!motion || !reported) return;
    this.publisher.consider(id, motion, atMs, 0);
    if (!reported.moves && reported.loggedAtMs > -Infinity) reported.loggedAtMs = nowMs;
    reported.moves = true;
    if (nowMs - reported.loggedAtMs < LOG_INTERVAL_MS) return;
    reported.loggedAtMs = nowMs;
    this.log.note(id);
  }

  private settle(id: EntityId, atMs: number): void {
    const motion = this.physics.motionOf(id);
    const reported = this.reported.get(id);
    if (!motion || !reported) return;
    reported.moves = false;
    this.publisher.consider(id, motion, atMs, 0);
    this.log.note(id);
  }
}
