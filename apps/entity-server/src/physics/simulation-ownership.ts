import { ENTITIES_HELD_MAX, type EntityId, type SessionId } from '@app/world';

/** An owner of whom nothing is heard for this long has lost its body, in ms. */
export const OWNER_SILENCE_MS_MAX = 2_000;
/** Held in a hand; 1 is a touch. */
export const CLAIM_PRIORITY_MAX = 255;

/** Who simulates a body in the server's place. */
export interface BodyOwner {
  readonly sessionId: SessionId;
  /** 1 to CLAIM_PRIORITY_MAX. */
  readonly priority: number;
  /** When it was heard last, on the monotonic clock. */
  readonly heardAtMs: number;
}

/** What has become of a claim: `kept` when it was the owner's already. */
export type ClaimOutcome = 'taken' | 'kept' | 'refused';

/** A body that is the server's again. */
export interface ReleasedBody {
  readonly id: EntityId;
  readonly sessionId: SessionId;
}

/**
 * Which clients simulate which bodies. Whoever claims with the higher priority has a body, until it lets go or is silent.
 * Pure; bounded by the bodies that there are and by what one session may hold.
 */
export class SimulationOwnership {
  private readonly owners = new Map<EntityId, BodyOwner>();
  private readonly counts = new Map<SessionId, number>();

  /** Bodies that clients have. */
  get size(): number {
    return this.owners.size;
  }

  ownerOf(id: EntityId): BodyOwner | undefined {
    return this.owners.get(id);
  }

  /** A session wants a body, or goes on wanting it. @param priority  from 1; anything else is refused */
  claim(id: EntityId, sessionId: SessionId, priority: number, nowMs: number): ClaimOutcome {
    if (!isPriority(priority) || sessionId === 0) return 'refused';
    const owner = this.owners.get(id);
    const isOwn = owner?.sessionId === sessionId;
    if (owner && !isOwn && priority <= owner.priority) return 'refused';
    if (!isOwn && (this.counts.get(sessionId) ?? 0) >= ENTITIES_HELD_MAX) return 'refused';
    if (!isOwn) {
      this.forget(id);
      this.counts.set(sessionId, (this.counts.get(sessionId) ?? 0) + 1);
    }
    this.owners.set(id, { sessionId, priority, heardAtMs: nowMs });
    return isOwn ? 'kept' : 'taken';
  }

  /** Returns whether the body was that session's. */
  letGo(id: EntityId, sessionId: SessionId): boolean {
    if (this.owners.get(id)?.sessionId !== sessionId) return false;
    this.forget(id);
    return true;
  }

  /** The owner has moved its body. */
  hear(id: EntityId, nowMs: number): void {
    const owner = this.owners.get(id);
    if (owner) this.owners.set(id, { ...owner, heardAtMs: nowMs });
  }

  /** Takes bodies from owners who are silent. */
  expire(nowMs: number): ReleasedBody[] {
    const released: ReleasedBody[] = [];
    for (const [id, { sessionId, heardAtMs }] of this.owners) {
      if (nowMs - heardAtMs > OWNER_SILENCE_MS_MAX) released.push({ id, sessionId });
    }
    for (const { id } of released) this.forget(id);
    return released;
  }

  /** The body is gone, or nobody's any more. */
  forget(id: EntityId): void {
    const owner = this.owners.get(id);
    if (!owner) return;
    this.owners.delete(id);
    const count = (this.counts.get(owner.sessionId) ?? 0) - 1;
    if (count > 0) this.counts.set(owner.sessionId, count);
    else this.counts.delete(owner.sessionId);
  }
}

function isPriority(priority: number): boolean {
  return Number.isInteger(priority) && priority >= 1 && priority <= CLAIM_PRIORITY_MAX;
}
