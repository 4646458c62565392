import type { SessionId } from '@app/world';
import type { vicinity } from '@app/wire';
import type { Outbox } from '../fanout/outbox.js';
import { splitByBytes } from '../fanout/split-batch.js';
import { type SessionState, isListed } from '../session/session-state.js';
import type { DetailStore } from './detail-store.js';

/** A session that may have a detail. */
export interface DetailedSession {
  readonly id: SessionId;
  readonly state: SessionState;
}

/** All details are told again this often, in ms: the broker may have lost some, and who stands still has no next one. */
const DETAILS_INTERVAL_MS = 5_000;
/** Bytes of an entry besides the detail itself. */
const ENTRY_BYTES = 16;

/** Tells the other gateways the details of this gateway's avatars, while somebody there wants to know. */
export class DetailPublisher {
  /** Whose detail is new, and whether the whole of it is. */
  private readonly changed = new Map<SessionId, boolean>();
  private isWanted = false;
  private allSentAtMs = -Infinity;

  constructor(
    private readonly world: string,
    private readonly outbox: Outbox,
    private readonly store: DetailStore,
    private readonly sessions: () => Iterable<DetailedSession>,
  ) {}

  /** There is a new detail of a session of ours. */
  mark(sessionId: SessionId, isFull: boolean): void {
    if (this.isWanted) this.changed.set(sessionId, isFull || this.changed.get(sessionId) === true);
  }

  /** Somebody has asked, or may have missed something: all go out with the next tick. */
  markAll(): void {
    this.allSentAtMs = -Infinity;
  }

  /** Publishes what is due. @param isWanted  whether anybody elsewhere wants details */
  tick(nowMs: number, isWanted: boolean): void {
    if (isWanted && !this.isWanted) this.markAll();
    this.isWanted = isWanted;
    if (isWanted) {
      if (nowMs - this.allSentAtMs >= DETAILS_INTERVAL_MS) {
        this.allSentAtMs = nowMs;
        for (const { id, state } of this.sessions()) if (isListed(state)) this.changed.set(id, true);
      }
      if (this.changed.size > 0) this.publish();
    }
    this.changed.clear();
  }

  private publish(): void {
    const entries: vicinity.v1.AvatarDetail.$Properties[] = [];
    for (const [sessionId, isFull] of this.changed) {
      const detail = this.store.get(sessionId);
      if (!detail) continue;
      const { sequence, recent, full, fullSequence } = detail;
      entries.push({ sessionId, sequence, detail: recent, ...(isFull ? { full, fullSequence } : {}) });
    }
    const bytesOf = ({ detail, full }: vicinity.v1.AvatarDetail.$Properties): number =>
      ENTRY_BYTES + (detail?.length ?? 0) + (full?.length ?? 0);
    for (const run of splitByBytes(entries, bytesOf)) {
      this.outbox.publish('avatarDetail', this.world, { gatewayId: this.outbox.gatewayId, entries: run });
    }
  }
}
