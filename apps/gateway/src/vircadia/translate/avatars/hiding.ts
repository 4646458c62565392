import { KillReason } from '@app/vircadia';
import { HEARING_PEOPLE_MAX, SESSIONS_PER_WORLD_MAX, type SessionId, type Vec3 } from '@app/world';

/** The extra in which an avatar's client tells whom it does not want to see, and be seen by. */
export const HIDING_KIND = 64;
/** Two of whom one has a bubble do not see each other when they are nearer than this, in m, until they are further apart. */
const BUBBLE_M = 1.2;
const BUBBLE_LEFT_M = 1.5;
const FLAG_BUBBLE = 1;

/** What somebody else's client wishes. */
interface OthersWish {
  readonly hasBubble: boolean;
  readonly ignoresUs: boolean;
}

/** Whom a client does not see, and why: it ignores them, they ignore it, or one has come into the other's bubble. */
export class Hiding {
  hasBubble = false;
  /** It is looking at the list of all users, and wants to know of those whom it ignores, too. */
  seesIgnored = false;
  private readonly ignored = new Set<SessionId>();
  private readonly wishes = new Map<SessionId, OthersWish>();
  private readonly inBubble = new Map<SessionId, number>();

  /** Why the client does not see somebody, as KillAvatar has it; undefined when it does. */
  reasonOf(sessionId: SessionId): number | undefined {
    if (this.ignored.has(sessionId) && !this.seesIgnored) return KillReason.Ignored;
    if (this.wishes.get(sessionId)?.ignoresUs) return KillReason.Ignored;
    return this.inBubble.get(sessionId);
  }

  /** Whether distances matter at all. */
  hasBubbleWith(sessionId: SessionId): boolean {
    return this.hasBubble || this.wishes.get(sessionId)?.hasBubble === true || this.inBubble.has(sessionId);
  }

  /** As many as can be ignored for their sound: whoever was named first makes room. @returns whether it is new */
  ignore(sessionId: SessionId, isIgnored: boolean): boolean {
    if (!isIgnored) return this.ignored.delete(sessionId);
    if (this.ignored.has(sessionId)) return false;
    this.ignored.add(sessionId);
    for (const oldest of this.ignored) {
      if (this.ignored.size > HEARING_PEOPLE_MAX) this.ignored.delete(oldest);
      else break;
    }
    return true;
  }

  /** Somebody else's extra of HIDING_KIND; undefined when it has none. */
  hear(sessionId: SessionId, wish: Uint8Array | undefined, ownId: SessionId): void {
    if (!wish || wish.length === 0) {
      this.wishes.delete(sessionId);
      return;
    }
    if (!this.wishes.has(sessionId) && this.wishes.size >= SESSIONS_PER_WORLD_MAX) return;
    const view = new DataView(wish.buffer, wish.byteOffset, wish.byteLength);
    let ignoresUs = false;
    for (let at = 1; at + 4 <= wish.length; at += 4) ignoresUs ||= view.getUint32(at) === ownId;
    this.wishes.set(sessionId, { hasBubble: (wish[0] & FLAG_BUBBLE) !== 0, ignoresUs });
  }

  /** Where somebody is with whom there is a bubble. */
  place(sessionId: SessionId, own: Vec3, other: Vec3): void {
    const isTheirs = this.wishes.get(sessionId)?.hasBubble === true;
    const distanceM = Math.hypot(own.x - other.x, own.y - other.y, own.z - other.z);
    const limitM = this.inBubble.has(sessionId) ? BUBBLE_LEFT_M : BUBBLE_M;
    if (distanceM >= limitM || !(this.hasBubble || isTheirs)) this.inBubble.delete(sessionId);
    else {
      this.inBubble.set(
        sessionId,
        this.hasBubble ? KillReason.TheyEnteredYourBubble : KillReason.YouEnteredTheirBubble,
      );
    }
  }

  forget(sessionId: SessionId): void {
    this.wishes.delete(sessionId);
    this.inBubble.delete(sessionId);
  }

  /** The client's own extra of HIDING_KIND. */
  wish(): Uint8Array {
    const bytes = new Uint8Array(1 + 4 * this.ignored.size);
    const view = new DataView(bytes.buffer);
    bytes[0] = this.hasBubble ? FLAG_BUBBLE : 0;
    let at = 1;
    for (const sessionId of this.ignored) {
      view.setUint32(at, sessionId);
      at += 4;
    }
    return bytes;
  }
}
