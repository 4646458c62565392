import type { vicinity } from '@app/wire';
import {
  compareClaims,
  type InstanceId,
  MEMBERS_MAX,
  ROSTER_SILENCE_MS_MAX,
  type SessionClaim,
  type SessionId,
  SESSIONS_PER_WORLD_MAX,
} from '@app/world';

/** One session of the world, as the gateway whose claim counts describes it. */
export interface Seat extends SessionClaim {
  sessionId: SessionId;
  /** Whether this mixer mixes for it. */
  isListener: boolean;
  /** Until when a session without a living gateway is kept, in ms of the clock; Infinity while it has one. */
  keepUntilMs: number;
}

/** What a roster did. */
export type RosterOutcome = 'applied' | 'stale' | 'too-many';

interface GatewayRecord {
  epochMs: number;
  revision: number;
  heardAtMs: number;
  isLast: boolean;
}

/**
 * Who is in one world, and for whom this mixer mixes: the newest rosters of all gateways put together.
 *
 * A session that its living gateway no longer lists has left. A gateway that stops, is replaced or falls silent takes
 * nobody along at once: its people may be on their way to another gateway, and their voices go on meanwhile.
 */
export class RosterBook {
  readonly seats = new Map<SessionId, Seat>();
  private readonly gateways = new Map<InstanceId, GatewayRecord>();

  constructor(private readonly instanceId: InstanceId) {}

  get isEmpty(): boolean {
    return this.gateways.size === 0 && this.seats.size === 0;
  }

  apply(roster: vicinity.v1.SessionRoster, nowMs: number): RosterOutcome {
    const { gatewayId, gatewayEpochMs: epochMs, revision, isLast } = roster;
    const known = this.gateways.get(gatewayId);
    if (known && !isNewer(roster, known)) return 'stale';
    if (!known && this.gateways.size >= MEMBERS_MAX) return 'too-many';
    if (known && known.epochMs < epochMs) this.release(gatewayId, known);
    const record = { epochMs, revision, heardAtMs: nowMs, isLast };
    this.gateways.set(gatewayId, record);
    const hasRoom = this.seatAll(roster);
    if (isLast) this.release(gatewayId, record);
    return hasRoom ? 'applied' : 'too-many';
  }

  /**
   * Removes those whose time is over, and returns whether there were any. Not to be called while the broker is away,
   * because silence means nothing then.
   */
  expire(nowMs: number): boolean {
    let hasChanged = false;
    for (const [gatewayId, record] of this.gateways) {
      if (nowMs - record.heardAtMs <= ROSTER_SILENCE_MS_MAX) continue;
      this.release(gatewayId, record);
      this.gateways.delete(gatewayId);
      hasChanged = true;
    }
    for (const seat of this.seats.values()) {
      if (nowMs <= seat.keepUntilMs) continue;
      this.seats.delete(seat.sessionId);
      hasChanged = true;
    }
    return hasChanged;
  }

  /** Starts all deadlines anew: this process or the broker was away, and heard nobody. */
  forgive(nowMs: number): void {
    for (const record of this.gateways.values()) record.heardAtMs = nowMs;
    for (const seat of this.seats.values()) {
      if (seat.keepUntilMs !== Infinity) seat.keepUntilMs = nowMs + ROSTER_SILENCE_MS_MAX;
    }
  }

  /** Takes over what the roster lists, and removes what it no longer lists. Returns false if not everybody fits. */
  private seatAll(roster: vicinity.v1.SessionRoster): boolean {
    const { gatewayId, gatewayEpochMs } = roster;
    const ownNumber = 1 + roster.audioMixers.indexOf(this.instanceId);
    const listed = new Set<SessionId>();
    let hasRoom = true;
    for (const entry of roster.sessions) {
      const sessionId = entry.sessionId ?? 0;
      if (sessionId === 0) continue;
      listed.add(sessionId);
      const claim = { epoch: entry.epoch ?? 0, gatewayEpochMs, gatewayId };
      const seat = this.seats.get(sessionId);
      if (seat && !isHeldBy(seat, claim) && compareClaims(claim, seat) < 0) continue;
      if (!seat && this.seats.size >= SESSIONS_PER_WORLD_MAX) {
        hasRoom = false;
        continue;
      }
      const isListener = ownNumber > 0 && entry.audioMixer === ownNumber;
      this.seats.set(sessionId, { sessionId, ...claim, isListener, keepUntilMs: Infinity });
    }
    for (const seat of this.seats.values()) {
      if (isHeldBy(seat, roster) && !listed.has(seat.sessionId)) this.seats.delete(seat.sessionId);
    }
    return hasRoom;
  }

  /** A gateway is gone: nobody mixes for its sessions here any more, and they are kept for a while. */
  private release(gatewayId: InstanceId, record: GatewayRecord): void {
    for (const seat of this.seats.values()) {
      if (seat.gatewayId !== gatewayId || seat.gatewayEpochMs !== record.epochMs) continue;
      seat.isListener = false;
      seat.keepUntilMs = record.heardAtMs + ROSTER_SILENCE_MS_MAX;
    }
  }
}

function isNewer(roster: vicinity.v1.SessionRoster, known: GatewayRecord): boolean {
  if (roster.gatewayEpochMs !== known.epochMs) return roster.gatewayEpochMs > known.epochMs;
  return roster.revision > known.revision && !known.isLast;
}

function isHeldBy(seat: Seat, holder: { gatewayId: InstanceId; gatewayEpochMs: number }): boolean {
  return seat.gatewayId === holder.gatewayId && seat.gatewayEpochMs === holder.gatewayEpochMs;
}
