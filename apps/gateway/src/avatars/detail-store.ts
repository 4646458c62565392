import { AVATAR_DETAIL_BYTES_MAX, SESSIONS_PER_WORLD_MAX, type SessionId } from '@app/world';

/** The newest detail of one avatar. */
export interface Detail {
  /** See AvatarDetail.sequence. */
  readonly sequence: number;
  /** Changes with the next detail: copy what is to last. */
  readonly bytes: Uint8Array;
}

/** What there is of the avatars of one world beyond their poses: of our own sessions, and of those that others tell of. */
export class DetailStore {
  private readonly details = new Map<SessionId, { sequence: number; bytes: Uint8Array }>();

  get(sessionId: SessionId): Detail | undefined {
    return this.details.get(sessionId);
  }

  /** Takes a detail over; `detail` is copied. What is too large, or one avatar too many, is left out: returns false. */
  put(sessionId: SessionId, sequence: number, detail: Uint8Array): boolean {
    if (detail.length > AVATAR_DETAIL_BYTES_MAX) return false;
    const known = this.details.get(sessionId);
    if (!known) {
      if (this.details.size >= SESSIONS_PER_WORLD_MAX) return false;
      this.details.set(sessionId, { sequence, bytes: detail.slice() });
      return true;
    }
    // Mostly as long as the one before: then no memory is needed.
    if (known.bytes.length === detail.length) known.bytes.set(detail);
    else known.bytes = detail.slice();
    known.sequence = sequence;
    return true;
  }

  forget(sessionId: SessionId): void {
    this.details.delete(sessionId);
  }

  /** Forgets all who are not here any more. */
  retain(isHere: (sessionId: SessionId) => boolean): void {
    for (const sessionId of this.details.keys()) if (!isHere(sessionId)) this.details.delete(sessionId);
  }
}
