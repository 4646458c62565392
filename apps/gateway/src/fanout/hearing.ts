import { HEARING_CHANGE_INTERVAL_MS, HEARING_INTERVAL_MS, type SessionId } from '@app/world';
import type { vicinity } from '@app/wire';
import { type SessionState, isListed } from '../session/session-state.js';
import type { Outbox } from './outbox.js';
import { splitByBytes } from './split-batch.js';

/** A session as tables of wishes show it. */
export interface HearingSession {
  readonly id: SessionId;
  readonly state: SessionState;
  /** An encoded HearingWishes; undefined as long as the client has wished nothing here. */
  readonly wishes: Uint8Array | undefined;
}

/** Bytes of an entry besides its wishes. */
const ENTRY_BYTES = 12;

/**
 * Tells the audio mixers of one world what the sessions of this gateway wish. Mixers drop what concerns sessions that no
 * roster has told them of: whoever is new to a mixer has to be marked again behind the roster that brings it.
 */
export class HearingPublisher {
  private readonly changed = new Set<HearingSession>();
  private changesSentAtMs = -Infinity;
  private allSentAtMs = -Infinity;

  constructor(
    private readonly world: string,
    private readonly outbox: Outbox,
    private readonly sessions: () => Iterable<HearingSession>,
  ) {}

  /**
   * The session's wishes go out soon: they are new, or somebody has not heard them.
   *
   * @param isUrgent  with this tick, because a mixer is about to make the session heard
   */
  mark(session: HearingSession, isUrgent = false): void {
    if (!session.wishes) return;
    this.changed.add(session);
    if (isUrgent) this.changesSentAtMs = -Infinity;
  }

  /** Publishes what is due. To be called behind the roster of the same tick. */
  tick(nowMs: number): void {
    if (nowMs - this.allSentAtMs >= HEARING_INTERVAL_MS) {
      this.allSentAtMs = nowMs;
      this.publish(this.sessions());
    } else if (this.changed.size > 0 && nowMs - this.changesSentAtMs >= HEARING_CHANGE_INTERVAL_MS) {
      this.publish(this.changed);
    } else return;
    this.changesSentAtMs = nowMs;
    this.changed.clear();
  }

  private publish(sessions: Iterable<HearingSession>): void {
    const entries: vicinity.v1.HearingEntry.$Properties[] = [];
    for (const { id, state, wishes } of sessions) {
      if (wishes && isListed(state)) entries.push({ sessionId: id, wishes });
    }
    for (const run of splitByBytes(entries, ({ wishes }) => ENTRY_BYTES + (wishes?.length ?? 0))) {
      this.outbox.publish('hearing', this.world, { gatewayId: this.outbox.gatewayId, entries: run });
    }
  }
}
