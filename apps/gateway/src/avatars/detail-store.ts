import { AVATAR_DETAIL_BYTES_MAX, SESSIONS_PER_WORLD_MAX, type SessionId } from '@app/world';

/** The newest detail of one avatar, see AvatarDetail. Its bytes change with the next one: copy what is to last. */
export interface Detail {
  readonly sequence: number;
  /** What has changed lately. */
  readonly recent: Uint8Array;
  /** All of it, as it was at `fullSequence`; with `recent` behind it, as it is now. */
  readonly full: Uint8Array;
  readonly fullSequence: number;
}

/** A detail of which the whole has not been told yet. */
const NOTHING = new Uint8Array(0);

interface KeptDetail {
  sequence: number;
  recent: Uint8Array;
  full: Uint8Array;
  fullSequence: number;
}

/** What there is of the avatars of one world beyond their poses: of our own sessions, and of those that others tell of. */
export class DetailStore {
  private readonly details = new Map<SessionId, KeptDetail>();

  /** Undefined also when only changes of it have been told. */
  get(sessionId: SessionId): Detail | undefined {
    const detail = this.details.get(sessionId);
    return detail && detail.fullSequence > 0 ? detail : undefined;
  }

  /**
   * Takes a detail over; everything is copied. What is too large, or one avatar too many, is left out: returns false.
   *
   * @param full  undefined when what was told of it before still holds, with `recent`
   */
  put(
    sessionId: SessionId,
    sequence: number,
    recent: Uint8Array,
    full: Uint8Array | undefined,
    fullSequence = sequence,
  ): boolean {
    if (Math.max(recent.length, full?.length ?? 0) > AVATAR_DETAIL_BYTES_MAX) return false;
    let known = this.details.get(sessionId);
    if (!known) {
      if (this.details.size >= SESSIONS_PER_WORLD_MAX) return false;
      known = { sequence, recent: NOTHING, full: NOTHING, fullSequence: 0 };
      this.details.set(sessionId, known);
    }
    known.sequence = sequence;
    known.recent = copyInto(known.recent, recent);
    if (full) {
      known.full = copyInto(known.full, full);
      known.fullSequence = fullSequence;
    }
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

/** Mostly as long as the one before: then no memory is needed. */
function copyInto(memory: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (memory.length !== bytes.length) return Uint8Array.from(bytes);
  memory.set(bytes);
  return memory;
}
