import type { Random } from '@app/clock';
import { SESSIONS_PER_GATEWAY_MAX, type SessionId } from '@app/world';
import type { SessionActor } from './session.actor.js';
import { type SessionPhase, isListed } from './session-state.js';

/** Draws after which there must be something wrong with chance itself. */
const DRAWS_MAX = 100;
/** Sessions that said Bye, remembered so that their tokens bring nobody back. */
const ENDED_MAX = 4_096;

/** The sessions of one world on this gateway, by number. */
export class SessionDirectory {
  private readonly sessions = new Map<SessionId, SessionActor>();
  /** When the tokens of ended sessions have expired. */
  private readonly ended = new Map<SessionId, number>();

  constructor(private readonly random: Random) {}

  /** Every session, in any phase but closed. */
  all(): IterableIterator<SessionActor> {
    return this.sessions.values();
  }

  get(sessionId: SessionId): SessionActor | undefined {
    return this.sessions.get(sessionId);
  }

  /** How many others see. */
  get listedCount(): number {
    let count = 0;
    for (const session of this.sessions.values()) if (isListed(session.state)) count++;
    return count;
  }

  countByPhase(counts: Record<SessionPhase, number>): void {
    for (const session of this.sessions.values()) counts[session.state.phase]++;
  }

  /** A number that is free here and, as far as `isKnown` knows, everywhere. */
  drawNumber(isKnown: (sessionId: SessionId) => boolean): SessionId {
    for (let draw = 0; draw < DRAWS_MAX; draw++) {
      const sessionId = this.random.nextUint32();
      if (sessionId !== 0 && !this.sessions.has(sessionId) && !this.ended.has(sessionId) && !isKnown(sessionId)) {
        return sessionId;
      }
    }
    throw new Error('no free session number was drawn');
  }

  /**
   * Takes a session in. When there are too many, one that is away is forgotten: those first that never came as far as sound
   * and movement, so that nobody can push out people who lost their network by knocking a thousand times.
   */
  add(session: SessionActor): void {
    this.sessions.set(session.id, session);
    if (this.sessions.size <= SESSIONS_PER_GATEWAY_MAX) return;
    let least: SessionActor | undefined;
    for (const candidate of this.sessions.values()) {
      if (candidate.state.phase === 'away' && (!least || isWorthLess(candidate, least))) least = candidate;
    }
    least?.end();
  }

  /** Lets a session go. @param isFinal  its token must bring nobody back @param untilMs  when the token has expired */
  remove(session: SessionActor, isFinal: boolean, untilMs: number): void {
    if (this.sessions.get(session.id) === session) this.sessions.delete(session.id);
    if (!isFinal) return;
    this.ended.set(session.id, untilMs);
    if (this.ended.size > ENDED_MAX) this.ended.delete(this.ended.keys().next().value as SessionId);
  }

  /** Whether a session of this number has ended for good here. */
  hasEnded(sessionId: SessionId): boolean {
    return this.ended.has(sessionId);
  }

  /** Forgets what nobody can ask for any more. */
  sweep(nowMs: number): void {
    for (const session of [...this.sessions.values()]) {
      if (session.state.phase === 'away' && nowMs > session.awayUntilMs) session.end();
    }
    for (const [sessionId, untilMs] of this.ended) if (nowMs > untilMs) this.ended.delete(sessionId);
  }
}

/** Whether of two sessions that are away the first is forgotten before the second. */
function isWorthLess(a: SessionActor, b: SessionActor): boolean {
  return a.hasBeenUp === b.hasBeenUp ? a.awayUntilMs < b.awayUntilMs : b.hasBeenUp;
}
