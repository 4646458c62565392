import type { SessionId } from '@app/world';

/** The name of whoever has told none that others can read. */
export const NAMELESS = 'anonymous';

/**
 * Session display names of one world: display names made unique, by numbers behind all but the first of a name. Who is the
 * first goes by the sessions' numbers, so that every gateway comes to the same names without asking.
 */
export class SessionNames {
  private readonly baseOf = new Map<SessionId, string>();
  private readonly sessionsOf = new Map<string, SessionId[]>();

  /** @param onRenamed  somebody else than the one who came or went has another name now */
  constructor(private readonly onRenamed: (sessionId: SessionId) => void) {}

  /** Somebody has this display name now. */
  set(sessionId: SessionId, displayName: string): void {
    const base = baseName(displayName);
    if (this.baseOf.get(sessionId) === base) return;
    this.delete(sessionId);
    this.baseOf.set(sessionId, base);
    const sessions = this.sessionsOf.get(base) ?? [];
    const at = sessions.findIndex((other) => other > sessionId);
    const place = at < 0 ? sessions.length : at;
    sessions.splice(place, 0, sessionId);
    this.sessionsOf.set(base, sessions);
    for (const other of sessions.slice(place + 1)) this.onRenamed(other);
  }

  delete(sessionId: SessionId): void {
    const base = this.baseOf.get(sessionId);
    if (base === undefined) return;
    this.baseOf.delete(sessionId);
    const sessions = this.sessionsOf.get(base) ?? [];
    const place = sessions.indexOf(sessionId);
    sessions.splice(place, 1);
    if (sessions.length === 0) this.sessionsOf.delete(base);
    for (const other of sessions.slice(place)) this.onRenamed(other);
  }

  /** The unique name; null for somebody unknown. */
  of(sessionId: SessionId): string | null {
    const base = this.baseOf.get(sessionId);
    if (base === undefined) return null;
    const place = (this.sessionsOf.get(base) ?? []).indexOf(sessionId);
    return place > 0 ? `${base}_${place}` : base;
  }
}

function baseName(displayName: string): string {
  const base = displayName.trim().replace(/_\d+$/, '').trim();
  return base === '' ? NAMELESS : base;
}
