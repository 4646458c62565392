import {
  type InstanceId,
  MEMBERS_MAX,
  ROSTER_SILENCE_MS_MAX,
  SESSIONS_PER_GATEWAY_MAX,
  type SessionClaim,
  type SessionId,
  compareClaims,
} from '@app/world';
import type { vicinity } from '@app/wire';

interface KnownRoster {
  epochMs: number;
  revision: number;
  heardAtMs: number;
  /** Epochs by session. */
  epochs: Map<SessionId, number>;
  /** One of its sessions shows avatars with joints and all. */
  wantsDetail: boolean;
}

/** What the other gateways claim in one world: for drawing free numbers and for noticing that a session has moved. */
export class KnownRosters {
  private readonly rosters = new Map<InstanceId, KnownRoster>();

  constructor(private readonly ownId: InstanceId) {}

  /** Takes a roster; returns it when it is news, undefined when it is our own, late, or too much. */
  apply(roster: vicinity.v1.SessionRoster, nowMs: number): ReadonlyMap<SessionId, SessionClaim> | undefined {
    const { gatewayId, gatewayEpochMs, revision } = roster;
    if (gatewayId === this.ownId || gatewayId === '') return undefined;
    const known = this.rosters.get(gatewayId);
    if (known && (gatewayEpochMs < known.epochMs || (gatewayEpochMs === known.epochMs && revision <= known.revision))) {
      return undefined;
    }
    if (!known && this.rosters.size >= MEMBERS_MAX) return undefined;
    const epochs = new Map<SessionId, number>();
    const claims = new Map<SessionId, SessionClaim>();
    let wantsDetail = false;
    for (const entry of roster.sessions.slice(0, SESSIONS_PER_GATEWAY_MAX)) {
      const sessionId = entry.sessionId ?? 0;
      const epoch = entry.epoch ?? 0;
      epochs.set(sessionId, epoch);
      claims.set(sessionId, { epoch, gatewayEpochMs, gatewayId });
      wantsDetail ||= entry.wantsDetail === true;
    }
    this.rosters.set(gatewayId, { epochMs: gatewayEpochMs, revision, heardAtMs: nowMs, epochs, wantsDetail });
    return claims;
  }

  /** The strongest claim of another gateway to this session; undefined when there is none. */
  claimOf(sessionId: SessionId): SessionClaim | undefined {
    let best: SessionClaim | undefined;
    for (const [gatewayId, roster] of this.rosters) {
      const epoch = roster.epochs.get(sessionId);
      if (epoch === undefined) continue;
      const claim = { epoch, gatewayEpochMs: roster.epochMs, gatewayId };
      if (!best || compareClaims(claim, best) > 0) best = claim;
    }
    return best;
  }

  /** Whether the newest roster of that gateway lists the session. */
  lists(gatewayId: string, sessionId: SessionId): boolean {
    return this.rosters.get(gatewayId)?.epochs.has(sessionId) === true;
  }

  /** Whether a session of another gateway wants details of avatars. */
  get isDetailWanted(): boolean {
    for (const { wantsDetail } of this.rosters.values()) if (wantsDetail) return true;
    return false;
  }

  /** Forgets gateways that are long gone. Not called while the broker is away. */
  sweep(nowMs: number): void {
    // Four times as long as mixers do: a number is better not drawn again soon.
    for (const [gatewayId, roster] of this.rosters) {
      if (nowMs - roster.heardAtMs > 4 * ROSTER_SILENCE_MS_MAX) this.rosters.delete(gatewayId);
    }
  }
}
