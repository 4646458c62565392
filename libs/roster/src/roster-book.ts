import type { vicinity } from '@app/wire';
import {
  compareClaims,
  type InstanceId,
  MEMBERS_MAX,
  ROSTER_SILENCE_MS_MAX,
  type SessionClaim,
  type SessionId,
  SESSIONS_PER_GATEWAY_MAX,
  SESSIONS_PER_WORLD_MAX,
  SOUND_FORMATS,
  type SoundFormat,
} from '@app/world';

/** One session of the world, as the gateway whose claim counts describes it. */
export interface Seat extends SessionClaim {
  sessionId: SessionId;
  /** Whether this mixer serves it. */
  isListener: boolean;
  /** It shows avatars with joints and all. */
  wantsDetail: boolean;
  /** Its value when this mixer last looked; a new one means that the listener may have missed news. */
  sync: number;
  /** In what format it takes its mixes. */
  sound: SoundFormat;
  /** Its gateway is gone, but it may come back through another one until this time; undefined while it is claimed. */
  orphanUntilMs: number | undefined;
}

/** What a mixer does for listeners: which of a roster's two assignments is meant for it. */
export type MixerPlane = 'audio' | 'avatar';

/** What a roster did. */
export type RosterOutcome = 'applied' | 'stale' | 'too-many';

interface GatewayEntry {
  epochMs: number;
  revision: number;
  heardAtMs: number;
  isLast: boolean;
}

/**
 * Who is in one world: the gateways' rosters, put together. Obeys, never decides.
 *
 * A session that its living gateway no longer lists has left. One whose gateway was replaced, has said its last word or
 * is silent stays as an orphan until ROSTER_SILENCE_MS_MAX after that gateway's last roster, so that whoever comes back
 * through another gateway was never away.
 */
export class RosterBook {
  readonly seats = new Map<SessionId, Seat>();
  private readonly gateways = new Map<InstanceId, GatewayEntry>();

  constructor(
    private readonly instanceId: InstanceId,
    private readonly plane: MixerPlane,
  ) {}

  /** Replaces what is known of the roster's gateway. Rosters that are older than what is known are dropped. */
  apply(roster: vicinity.v1.SessionRoster, nowMs: number): RosterOutcome {
    const { gatewayId, gatewayEpochMs, revision } = roster;
    const known = this.gateways.get(gatewayId);
    if (known) {
      if (gatewayEpochMs < known.epochMs) return 'stale';
      if (gatewayEpochMs === known.epochMs && (revision <= known.revision || known.isLast)) return 'stale';
      if (gatewayEpochMs > known.epochMs) this.orphan(gatewayId, known.epochMs, known.heardAtMs);
    } else if (this.gateways.size >= MEMBERS_MAX) {
      return 'too-many';
    }
    this.gateways.set(gatewayId, { epochMs: gatewayEpochMs, revision, heardAtMs: nowMs, isLast: roster.isLast });
    const isComplete = this.takeEntries(roster);
    return isComplete ? 'applied' : 'too-many';
  }

  /**
   * Removes those whose time is over, and returns whether there were any. Not to be called while the broker is away: then
   * silence means nothing.
   */
  expire(nowMs: number): boolean {
    const seatsBefore = this.seats.size;
    const gatewaysBefore = this.gateways.size;
    for (const [gatewayId, gateway] of this.gateways) {
      if (nowMs - gateway.heardAtMs <= ROSTER_SILENCE_MS_MAX) continue;
      this.gateways.delete(gatewayId);
      for (const seat of this.seats.values()) {
        if (isOf(seat, gatewayId, gateway.epochMs)) this.seats.delete(seat.sessionId);
      }
    }
    for (const seat of this.seats.values()) {
      if (seat.orphanUntilMs !== undefined && nowMs > seat.orphanUntilMs) this.seats.delete(seat.sessionId);
    }
    return this.seats.size !== seatsBefore || this.gateways.size !== gatewaysBefore;
  }

  /** Starts all deadlines anew: this process or its broker was away, so that it could not hear anybody. */
  forgive(nowMs: number): void {
    for (const gateway of this.gateways.values()) gateway.heardAtMs = nowMs;
    for (const seat of this.seats.values()) {
      if (seat.orphanUntilMs !== undefined) seat.orphanUntilMs = nowMs + ROSTER_SILENCE_MS_MAX;
    }
  }

  get isEmpty(): boolean {
    return this.seats.size === 0 && this.gateways.size === 0;
  }

  private takeEntries(roster: vicinity.v1.SessionRoster): boolean {
    const { gatewayId, gatewayEpochMs } = roster;
    const isAudio = this.plane === 'audio';
    const ownPlace = 1 + (isAudio ? roster.audioMixers : roster.avatarMixers).indexOf(this.instanceId);
    const listed = new Set<SessionId>();
    // More than a gateway can have is no gateway's; one that has lost its mind must not take the whole world's room.
    let isComplete = roster.sessions.length <= SESSIONS_PER_GATEWAY_MAX;
    for (const entry of roster.sessions.slice(0, SESSIONS_PER_GATEWAY_MAX)) {
      const sessionId = entry.sessionId ?? 0;
      if (sessionId === 0) continue;
      listed.add(sessionId);
      const seat = this.seats.get(sessionId);
      const claim = { epoch: entry.epoch ?? 0, gatewayEpochMs, gatewayId };
      if (seat && !isOf(seat, gatewayId, gatewayEpochMs) && compareClaims(claim, seat) < 0) continue;
      if (!seat && this.seats.size >= SESSIONS_PER_WORLD_MAX) {
        isComplete = false;
        continue;
      }
      const isListener = ownPlace > 0 && (isAudio ? entry.audioMixer : entry.avatarMixer) === ownPlace;
      const sync = entry.sync ?? 0;
      const sound = SOUND_FORMATS.at(entry.sound ?? 0) ?? 'opus-20';
      const wantsDetail = entry.wantsDetail === true;
      const told = { isListener, sync, sound, wantsDetail, orphanUntilMs: undefined };
      if (seat) Object.assign(seat, claim, told);
      else this.seats.set(sessionId, { sessionId, ...claim, ...told });
    }
    if (roster.isLast) {
      this.orphan(gatewayId, gatewayEpochMs, this.gateways.get(gatewayId)?.heardAtMs ?? 0);
      return isComplete;
    }
    for (const seat of this.seats.values()) {
      if (isOf(seat, gatewayId, gatewayEpochMs) && !listed.has(seat.sessionId)) this.seats.delete(seat.sessionId);
    }
    return isComplete;
  }

  private orphan(gatewayId: InstanceId, epochMs: number, heardAtMs: number): void {
    for (const seat of this.seats.values()) {
      if (!isOf(seat, gatewayId, epochMs)) continue;
      seat.isListener = false;
      seat.orphanUntilMs = heardAtMs + ROSTER_SILENCE_MS_MAX;
    }
  }
}

function isOf(seat: Seat, gatewayId: InstanceId, gatewayEpochMs: number): boolean {
  return seat.gatewayId === gatewayId && seat.gatewayEpochMs === gatewayEpochMs;
}
