import { type Broker, BrokerError, subjectOf } from '@app/broker';
import type { Clock } from '@app/clock';
import { WireError, decodeMessage, encodeMessage, type vicinity } from '@app/wire';
import {
  AVATAR_EXTRAS_BYTES_MAX,
  AVATAR_EXTRAS_KEPT_BYTES_MAX,
  AVATAR_EXTRAS_MAX,
  AVATAR_EXTRA_BYTES_MAX,
  SESSIONS_PER_WORLD_MAX,
  type SessionId,
} from '@app/world';

/** One thing that belongs to an avatar, see AvatarExtra. */
export interface AvatarExtra {
  readonly kind: number;
  /** 16 bytes; empty for kinds of which there is one. */
  readonly instance: Uint8Array;
  readonly version: number;
  readonly data: Uint8Array;
}

interface KeptExtras {
  readonly version: number;
  readonly entries: readonly AvatarExtra[];
  readonly bytes: number;
}

/** What the store needs of its world. */
export interface ExtrasGround {
  readonly broker: Broker;
  readonly clock: Clock;
  /** The gateway of somebody else's session. */
  gatewayOf(sessionId: SessionId): string | undefined;
  countDrop(reason: string): void;
}

/** How long an answer may take, in ms; after a failure the same is asked again no sooner. */
const ANSWER_MS_MAX = 2_000;
/** An extra's frame in a message, at most. */
const ENTRY_BYTES = 32;
const NONE: readonly AvatarExtra[] = [];

/**
 * What avatars of one world have beyond name, colour and model, and what changes seldom: skeletons, things worn. Kept by the
 * gateway of the session; others ask for it when one of their clients needs it, and keep the answer.
 */
export class ExtrasStore {
  private readonly own = new Map<SessionId, KeptExtras>();
  private readonly others = new Map<SessionId, KeptExtras>();
  private readonly askedAtMs = new Map<SessionId, number>();
  private othersBytes = 0;

  constructor(
    private readonly world: string,
    private readonly ground: ExtrasGround,
  ) {}

  /** Replaces those of a session of ours. False when they are too many, or too large. */
  setOwn(sessionId: SessionId, version: number, entries: readonly AvatarExtra[]): boolean {
    const bytes = bytesOf(entries);
    if (entries.length > AVATAR_EXTRAS_MAX || bytes > AVATAR_EXTRAS_BYTES_MAX) return false;
    this.own.set(sessionId, { version, entries, bytes });
    return true;
  }

  /** The version of a session of ours; 0 when it has none. */
  ownVersion(sessionId: SessionId): number {
    return this.own.get(sessionId)?.version ?? 0;
  }

  /** The extras of anybody, at least as new as `version`; undefined while they are asked for: ask again in a while. */
  get(sessionId: SessionId, version: number): readonly AvatarExtra[] | undefined {
    if (version === 0) return NONE;
    const known = this.own.get(sessionId) ?? this.others.get(sessionId);
    if (known && known.version >= version) return known.entries;
    const nowMs = this.ground.clock.nowMs();
    if (nowMs - (this.askedAtMs.get(sessionId) ?? -Infinity) < ANSWER_MS_MAX) return undefined;
    if (this.askedAtMs.size >= SESSIONS_PER_WORLD_MAX) return undefined;
    this.askedAtMs.set(sessionId, nowMs);
    void this.ask(sessionId);
    return undefined;
  }

  /** Another gateway asks about a session of ours. */
  answer(sessionId: SessionId): vicinity.v1.AvatarExtras.$Properties {
    const known = this.own.get(sessionId);
    return known ? { version: known.version, entries: [...known.entries] } : { version: 0 };
  }

  forget(sessionId: SessionId): void {
    this.own.delete(sessionId);
  }

  /** Forgets all who are not here any more. */
  retain(isHere: (sessionId: SessionId) => boolean): void {
    for (const sessionId of this.others.keys()) if (!isHere(sessionId)) this.drop(sessionId);
    for (const sessionId of this.askedAtMs.keys()) if (!isHere(sessionId)) this.askedAtMs.delete(sessionId);
  }

  private async ask(sessionId: SessionId): Promise<void> {
    const { broker, gatewayOf, countDrop } = this.ground;
    const who = gatewayOf(sessionId);
    if (who === undefined) return;
    try {
      const subject = subjectOf('avatarExtras', { world: this.world, who });
      const request = encodeMessage('AvatarExtrasRequest', { sessionId });
      const reply = await broker.request(subject, request, { timeoutMs: ANSWER_MS_MAX });
      const extras = readExtras(reply);
      if (!extras) return countDrop('extras-malformed');
      // Whoever has become ours meanwhile has told us itself.
      if (extras.version > 0 && !this.own.has(sessionId)) this.keep(sessionId, extras);
    } catch (error) {
      if (!(error instanceof BrokerError || error instanceof WireError)) throw error;
      countDrop(error.code);
    }
  }

  private keep(sessionId: SessionId, extras: KeptExtras): void {
    this.drop(sessionId);
    // A newer version can be asked for at once.
    this.askedAtMs.delete(sessionId);
    this.others.set(sessionId, extras);
    this.othersBytes += extras.bytes;
    // The oldest go first; whoever needs them asks again.
    for (const oldest of this.others.keys()) {
      if (this.othersBytes <= AVATAR_EXTRAS_KEPT_BYTES_MAX) break;
      this.drop(oldest);
    }
  }

  private drop(sessionId: SessionId): void {
    this.othersBytes -= this.others.get(sessionId)?.bytes ?? 0;
    this.others.delete(sessionId);
  }
}

function readExtras(reply: Uint8Array): KeptExtras | undefined {
  const { version, entries } = decodeMessage('AvatarExtras', reply.slice());
  if (entries.length > AVATAR_EXTRAS_MAX) return undefined;
  const read: AvatarExtra[] = [];
  for (const { kind, instance, version: changed, data } of entries) {
    const extra = { kind: kind ?? 0, instance: instance ?? EMPTY, version: changed ?? 0, data: data ?? EMPTY };
    const isInstance = extra.instance.length === 0 || extra.instance.length === INSTANCE_BYTES;
    if (extra.kind > 127 || !isInstance || extra.data.length > AVATAR_EXTRA_BYTES_MAX) return undefined;
    read.push(extra);
  }
  return { version, entries: read, bytes: bytesOf(read) };
}

function bytesOf(entries: readonly AvatarExtra[]): number {
  let bytes = 0;
  for (const { data } of entries) bytes += ENTRY_BYTES + data.length;
  return bytes;
}

const EMPTY = new Uint8Array(0);
const INSTANCE_BYTES = 16;
