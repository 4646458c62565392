import type { vicinity } from '@app/wire';
import { SESSIONS_PER_WORLD_MAX, type SessionId } from '@app/world';

/** What is needed of an update. */
export interface HeldUpdate {
  readonly sessionId: SessionId;
  readonly sequence: number;
  readonly pose: Uint8Array;
  readonly loudness: number;
}

/** A detail that has not come by then is not waited for, in ms. */
const DETAIL_MS_MAX = 2_000;

/**
 * The newest updates of those whom a client cannot be told of yet: it does not know who they are, or their detail is still on
 * its way. Whoever stands still has no next update soon.
 */
export class HeldUpdates {
  private readonly held = new Map<SessionId, { update: HeldUpdate; sinceMs: number }>();

  get isEmpty(): boolean {
    return this.held.size === 0;
  }

  /** Whether this one has been waited for long enough. */
  isOverdue(sessionId: SessionId, nowMs: number): boolean {
    const held = this.held.get(sessionId);
    return held !== undefined && nowMs - held.sinceMs >= DETAIL_MS_MAX;
  }

  /** Keeps an update, of which everything is copied. */
  hold({ sessionId, sequence, pose, loudness }: vicinity.v1.AvatarUpdate.$Properties, nowMs: number): void {
    const id = sessionId ?? 0;
    const sinceMs = this.held.get(id)?.sinceMs ?? nowMs;
    if (!pose || (sinceMs === nowMs && this.held.size >= SESSIONS_PER_WORLD_MAX)) return;
    const update = { sessionId: id, sequence: sequence ?? 0, pose: Uint8Array.from(pose), loudness: loudness ?? 0 };
    this.held.set(id, { update, sinceMs });
  }

  delete(sessionId: SessionId): void {
    this.held.delete(sessionId);
  }

  *all(): Generator<HeldUpdate> {
    for (const { update } of this.held.values()) yield update;
  }
}
