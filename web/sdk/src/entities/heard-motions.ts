import type { EntityId, SessionId } from '@app/world';
import { type BodyMotion, unpackEntityMotion, type vicinity } from '@app/wire';
import type { Clock } from '../clock.js';
import type { OwnSimulation } from './own-simulation.js';
import type { ShownTransforms } from './shown-transforms.js';

/** What is told about motions. */
export interface HeardMotionsHandlers {
  onMoved(ids: ReadonlySet<EntityId>): void;
  /** Somebody else simulates what this client held. */
  onTaken(id: EntityId): void;
  /** Our session; 0 when there is none. */
  ownId(): SessionId;
}

/** Tracks of bodies that are at rest are forgotten this often, in ms. */
const SWEEP_INTERVAL_MS = 2_000;

/** Motions of simulated bodies as they are heard: shown, unless they are our own words about what we hold. */
export class HeardMotions {
  private sweptAtMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly transforms: Pick<ShownTransforms, 'take' | 'sweep'>,
    private readonly simulation: Pick<OwnSimulation, 'isHeld' | 'isLost' | 'forget'>,
    private readonly handlers: HeardMotionsHandlers,
  ) {}

  /** Takes motions; what is malformed, old or of nothing that is known is left out. */
  take({ motions }: vicinity.v1.EntityMotions.$Properties): void {
    const moved = new Set<EntityId>();
    for (const wire of motions ?? []) {
      const read = unpackEntityMotion(wire);
      if (typeof read !== 'string' && this.takeOne(read.id, read.motion)) moved.add(read.id);
    }
    this.sweep();
    if (moved.size > 0) this.handlers.onMoved(moved);
  }

  private takeOne(id: EntityId, motion: BodyMotion): boolean {
    if (this.simulation.isHeld(id)) {
      // Our own words come back, too; somebody else's mean that it was taken from us.
      if (motion.ownerId === this.handlers.ownId() || !this.simulation.isLost(id, motion)) return false;
      this.simulation.forget(id);
      this.handlers.onTaken(id);
    }
    return this.transforms.take(id, motion);
  }

  private sweep(): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.sweptAtMs < SWEEP_INTERVAL_MS) return;
    this.sweptAtMs = nowMs;
    this.transforms.sweep();
  }
}
