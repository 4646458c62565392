import { type HearingWishes, NO_WISHES, countNamed } from '@app/wire';
import { HEARING_NAMED_PER_WORLD_MAX, type SessionId } from '@app/world';
import { areSameBytes } from './same-bytes.js';

interface WishEntry {
  wishes: HearingWishes;
  /** As they came, to know a repetition without reading it. */
  bytes: Uint8Array;
}

/**
 * What the sessions of one world wish, and who is named by whom. Keeps at most HEARING_NAMED_PER_WORLD_MAX names; whoever
 * wishes nothing takes no room.
 */
export class WishBook {
  private readonly entries = new Map<SessionId, WishEntry>();
  /** Who names a session in its wishes. */
  private readonly namers = new Map<SessionId, Set<SessionId>>();
  private namedCount = 0;

  /** @param namedMax  names that are kept; for specs */
  constructor(private readonly namedMax = HEARING_NAMED_PER_WORLD_MAX) {}

  /** What a session wishes; NO_WISHES unless it has said otherwise. */
  of(sessionId: SessionId): HearingWishes {
    return this.entries.get(sessionId)?.wishes ?? NO_WISHES;
  }

  /** Those who name this session in their wishes. Not to be held. */
  namersOf(sessionId: SessionId): Iterable<SessionId> {
    return this.namers.get(sessionId) ?? [];
  }

  /** Whether these bytes are what the session has wished last. */
  isKnown(sessionId: SessionId, bytes: Uint8Array): boolean {
    const known = this.entries.get(sessionId)?.bytes;
    return known ? areSameBytes(known, bytes) : bytes.length === 0;
  }

  /**
   * Replaces a session's wishes; no bytes means that it wishes nothing. Returns false, and changes nothing, if it is too
   * much.
   */
  set(sessionId: SessionId, wishes: HearingWishes, bytes: Uint8Array): boolean {
    const before = this.of(sessionId);
    const count = this.namedCount - countNamed(before) + countNamed(wishes);
    if (count > this.namedMax && countNamed(wishes) > 0) return false;
    this.namedCount = count;
    for (const named of namedIn(before)) this.unname(sessionId, named);
    if (bytes.length === 0) {
      this.entries.delete(sessionId);
      return true;
    }
    // The message that the bytes are a part of goes on to be reused.
    this.entries.set(sessionId, { wishes, bytes: bytes.slice() });
    for (const named of namedIn(wishes)) this.name(sessionId, named);
    return true;
  }

  private name(namer: SessionId, named: SessionId): void {
    let set = this.namers.get(named);
    if (!set) this.namers.set(named, (set = new Set()));
    set.add(namer);
  }

  private unname(namer: SessionId, named: SessionId): void {
    const set = this.namers.get(named);
    set?.delete(namer);
    if (set?.size === 0) this.namers.delete(named);
  }
}

/** Everybody whom wishes name; somebody may come several times. */
export function* namedIn({ gains, ignored, solo }: HearingWishes): Generator<SessionId> {
  yield* gains.keys();
  yield* ignored;
  yield* solo;
}
