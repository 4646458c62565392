import type { EntityId, SessionId } from '@app/world';
import type { vicinity } from '@app/wire';
import type { Outbox } from '../fanout/outbox.js';
import { splitByBytes } from '../fanout/split-batch.js';

/** Claims and motions that wait for one tick; more come only when this process has been asleep. */
export const MOTIONS_PER_TICK_MAX = 4_096;
/** Bytes of the largest one. */
const MOTION_BYTES = 128;

type ClientMotion = vicinity.v1.EntityClientMotion.$Properties;

/** What the clients of one world hold and move, from one uplink tick to the next: of each body only the newest counts. */
export class MotionBatch {
  private readonly motions = new Map<string, ClientMotion>();

  constructor(
    private readonly world: string,
    private readonly outbox: Outbox,
  ) {}

  /** Adds a claim; returns false when it has to be dropped. */
  addClaim(sessionId: SessionId, id: EntityId, claim: vicinity.v1.ClaimEntity.$Properties): boolean {
    return this.add(`claim ${sessionId} ${id}`, { sessionId, claim });
  }

  /** Adds a motion; returns false when it has to be dropped. */
  addMotion(sessionId: SessionId, id: EntityId, motion: vicinity.v1.EntityMotion.$Properties): boolean {
    const key = `motion ${sessionId} ${id}`;
    // The channel is unordered.
    if ((this.motions.get(key)?.motion?.atMs ?? 0) > (motion.atMs ?? 0)) return false;
    return this.add(key, { sessionId, motion });
  }

  /** Publishes what there is. */
  flush(): void {
    if (this.motions.size === 0) return;
    const motions = [...this.motions.values()];
    this.motions.clear();
    for (const run of splitByBytes(motions, () => MOTION_BYTES)) {
      this.outbox.publish('entityMotionUp', this.world, { gatewayId: this.outbox.gatewayId, motions: run });
    }
  }

  private add(key: string, motion: ClientMotion): boolean {
    if (!this.motions.has(key) && this.motions.size >= MOTIONS_PER_TICK_MAX) return false;
    // At its new place in the order: a claim must not be overtaken by an older letting go.
    this.motions.delete(key);
    this.motions.set(key, motion);
    return true;
  }
}
