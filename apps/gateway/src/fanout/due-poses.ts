import { type SessionState, isListed } from '../session/session-state.js';

/** A session whose pose may be due. */
export interface PosedSession {
  readonly state: SessionState;
}

/**
 * Those whose pose and wishes go out behind the next roster. Mixers drop poses of sessions that no roster has told them of,
 * and ignore people without a pose: without this they would be silent and invisible until they move, or for a second.
 */
export class DuePoses<Session extends PosedSession> {
  private readonly due = new Set<Session>();
  private areAllDue = false;

  constructor(private readonly sessions: () => Iterable<Session>) {}

  add(session: Session): void {
    this.due.add(session);
  }

  /** Everybody's. Often asked for many times in a row. */
  addAll(): void {
    if (this.areAllDue) return;
    this.areAllDue = true;
    for (const session of this.sessions()) if (isListed(session.state)) this.due.add(session);
  }

  forget(session: Session): void {
    this.due.delete(session);
  }

  /** The roster is out: hands over those that are due, each once. */
  take(give: (session: Session) => void): void {
    for (const session of this.due) give(session);
    this.due.clear();
    this.areAllDue = false;
  }
}
