import {
  type InstanceId,
  ROSTER_INTERVAL_MS,
  type SessionId,
  SOUND_FORMATS,
  type SoundFormat,
  TRAITS_INTERVAL_MS,
  TRAITS_PER_TABLE_MAX,
} from '@app/world';
import type { vicinity } from '@app/wire';
import type { CheckedTraits } from '../client-input.js';
import { type SessionState, isListed } from '../session/session-state.js';
import type { Outbox } from './outbox.js';
import { splitByBytes } from './split-batch.js';

/** A session as rosters and traits tables show it. */
export interface RosterSession {
  readonly id: SessionId;
  readonly state: SessionState;
  readonly traits: CheckedTraits;
  readonly traitsVersion: number;
  readonly extrasVersion: number;
  readonly wantsDetail: boolean;
  readonly audioMixer: InstanceId | undefined;
  readonly avatarMixer: InstanceId | undefined;
  /** What its mixes have to be. */
  readonly sound: SoundFormat;
}

/** Rosters follow one another at this distance at least, in ms, whatever happens. */
export const ROSTER_DISTANCE_MS = 100;
/** Those that move listeners to another mixer: each ms is heard. */
export const URGENT_ROSTER_DISTANCE_MS = 20;
/** Bytes of an entry besides its texts. */
const TRAITS_ENTRY_BYTES = 32;

/** Tells everybody who is in one world on this gateway, and how they look. */
export class RosterPublisher {
  private revision = 0;
  private isDirty = true;
  private isUrgent = false;
  private sentAtMs = -Infinity;
  private traitsSentAtMs = -Infinity;
  private readonly changedTraits = new Set<RosterSession>();

  constructor(
    private readonly world: string,
    private readonly gatewayEpochMs: number,
    private readonly outbox: Outbox,
    private readonly sessions: () => Iterable<RosterSession>,
  ) {}

  /** The next roster differs from the last one. @param isUrgent  a listener waits for its mixer */
  markChanged(isUrgent = false): void {
    this.isDirty = true;
    this.isUrgent ||= isUrgent;
  }

  /** The traits of a session are new. */
  markTraits(session: RosterSession): void {
    this.changedTraits.add(session);
  }

  /** Somebody has asked: everything goes out with the next tick. */
  markAll(): void {
    this.markChanged(true);
    this.traitsSentAtMs = -Infinity;
  }

  /** Publishes what is due. Returns whether a roster was: from now on its readers know the sessions in it. */
  tick(nowMs: number): boolean {
    const age = nowMs - this.sentAtMs;
    const distanceMs = this.isUrgent ? URGENT_ROSTER_DISTANCE_MS : ROSTER_DISTANCE_MS;
    const isDue = age >= ROSTER_INTERVAL_MS || (this.isDirty && age >= distanceMs);
    if (isDue) this.publish(nowMs, false);
    if (nowMs - this.traitsSentAtMs >= TRAITS_INTERVAL_MS) this.publishAllTraits(nowMs);
    else if (this.changedTraits.size > 0) this.publishTraits(this.changedTraits);
    this.changedTraits.clear();
    return isDue;
  }

  /** The last roster of this process: its sessions go on elsewhere. */
  publishLast(nowMs: number): void {
    this.publish(nowMs, true);
  }

  private publish(nowMs: number, isLast: boolean): void {
    this.isDirty = false;
    this.isUrgent = false;
    this.sentAtMs = nowMs;
    const audio = new MixerIndex();
    const avatar = new MixerIndex();
    const sessions: vicinity.v1.RosterEntry.$Properties[] = [];
    for (const session of this.sessions()) {
      if (!isListed(session.state)) continue;
      sessions.push({
        sessionId: session.id,
        epoch: session.state.epoch,
        audioMixer: audio.of(session.audioMixer),
        avatarMixer: avatar.of(session.avatarMixer),
        sync: session.state.sync,
        wantsDetail: session.wantsDetail,
        sound: SOUND_FORMATS.indexOf(session.sound),
      });
    }
    this.outbox.publish('roster', this.world, {
      gatewayId: this.outbox.gatewayId,
      gatewayEpochMs: this.gatewayEpochMs,
      revision: ++this.revision,
      audioMixers: audio.names,
      avatarMixers: avatar.names,
      sessions,
      isLast,
    });
  }

  private publishAllTraits(nowMs: number): void {
    this.traitsSentAtMs = nowMs;
    this.publishTraits(this.sessions());
  }

  private publishTraits(sessions: Iterable<RosterSession>): void {
    const entries: vicinity.v1.TraitsEntry.$Properties[] = [];
    for (const session of sessions) {
      if (!isListed(session.state)) continue;
      const { id, traitsVersion, traits, extrasVersion } = session;
      entries.push({ sessionId: id, version: traitsVersion, traits, extrasVersion });
    }
    for (const run of splitByBytes(entries, traitsBytes, undefined, TRAITS_PER_TABLE_MAX)) {
      this.outbox.publish('avatarTraits', this.world, { gatewayId: this.outbox.gatewayId, entries: run });
    }
  }
}

/** Numbers mixers from 1 in the order of their first mention; 0 is none. */
class MixerIndex {
  readonly names: InstanceId[] = [];
  private readonly numbers = new Map<InstanceId, number>();

  of(mixer: InstanceId | undefined): number {
    if (mixer === undefined) return 0;
    let number = this.numbers.get(mixer);
    if (number === undefined) {
      number = this.names.push(mixer);
      this.numbers.set(mixer, number);
    }
    return number;
  }
}

function traitsBytes({ traits }: vicinity.v1.TraitsEntry.$Properties): number {
  // A UTF-16 unit has at most three bytes in UTF-8.
  return TRAITS_ENTRY_BYTES + 3 * ((traits?.name?.length ?? 0) + (traits?.modelUrl?.length ?? 0));
}
