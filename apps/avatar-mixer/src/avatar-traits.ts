import { encodeMessage, type vicinity } from '@app/wire';
import { type SessionId, SESSIONS_PER_WORLD_MAX } from '@app/world';

/** Traits of somebody whom no roster names are kept this long, in ms: they may have overtaken it, or it comes back. */
const STRAY_MS_MAX = 10_000;
/** Bytes of traits in one message; small enough to leave room for what else a client is told reliably. */
const NEWS_BYTES_MAX = 16_384;

/** The newest traits of one session, as they are told. */
export interface TraitsRecord {
  version: number;
  /** An element of AvatarNews.traits, tag and length included: made once for all listeners. */
  encoded: Uint8Array;
  heardAtMs: number;
}

/** The newest traits of every session of one world. */
export class TraitsStore {
  private readonly records = new Map<SessionId, TraitsRecord>();

  get(sessionId: SessionId): TraitsRecord | undefined {
    return this.records.get(sessionId);
  }

  /** Takes over what is newer than what is known; true when it was. Versions rise, also across gateways. */
  accept(entry: vicinity.v1.ITraitsEntry, nowMs: number): boolean {
    const sessionId = entry.sessionId ?? 0;
    const version = entry.version ?? 0;
    if (sessionId === 0) return false;
    const known = this.records.get(sessionId);
    if (known) known.heardAtMs = nowMs;
    if (known && version <= known.version) return false;
    if (!known && this.records.size >= SESSIONS_PER_WORLD_MAX) return false;
    const told = { sessionId, version, traits: entry.traits ?? {}, extrasVersion: entry.extrasVersion ?? 0 };
    const encoded = encodeMessage('AvatarNews', { traits: [told] });
    this.records.set(sessionId, { version, encoded, heardAtMs: nowMs });
    return true;
  }

  /** Forgets those whom no roster names. */
  expire(isPresent: (sessionId: SessionId) => boolean, nowMs: number): void {
    for (const [sessionId, { heardAtMs }] of this.records) {
      if (nowMs - heardAtMs > STRAY_MS_MAX && !isPresent(sessionId)) this.records.delete(sessionId);
    }
  }
}

/**
 * What one listener still has to be told reliably: traits that are new, changed or due for repetition, and who left.
 *
 * The broker may lose what was told. Therefore everybody's traits are repeated slowly, and a new `sync` of the roster
 * has everything told again, ended by the list of all who are present.
 */
export class ListenerNews {
  private readonly pending = new Set<SessionId>();
  private readonly left = new Set<SessionId>();
  private isCompleting = false;

  /** Tells everything again; `present` are all sessions but the listener's own. */
  restart(present: Iterable<SessionId>): void {
    this.pending.clear();
    this.left.clear();
    for (const sessionId of present) this.pending.add(sessionId);
    this.isCompleting = true;
  }

  noteTraits(sessionId: SessionId): void {
    this.pending.add(sessionId);
  }

  noteJoined(sessionId: SessionId): void {
    // Whoever is back before the news of the leave was sent was never away.
    this.left.delete(sessionId);
    this.pending.add(sessionId);
  }

  noteLeft(sessionId: SessionId): void {
    this.pending.delete(sessionId);
    this.left.add(sessionId);
    if (this.left.size <= SESSIONS_PER_WORLD_MAX) return;
    // Rather than a list of all who ever left, a listener that lags behind so far gets the list of who is present.
    this.left.clear();
    this.isCompleting = true;
  }

  get isEmpty(): boolean {
    return this.pending.size === 0 && this.left.size === 0 && !this.isCompleting;
  }

  /**
   * The next message, an encoded ServerReliable; what does not fit waits for the next call.
   *
   * @param present  all sessions but the listener's own; read only when everything has been told
   */
  take(traits: TraitsStore, present: () => SessionId[]): Uint8Array | undefined {
    if (this.isEmpty) return undefined;
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for (const sessionId of this.pending) {
      const record = traits.get(sessionId);
      if (record) {
        if (bytes + record.encoded.length > NEWS_BYTES_MAX) return this.finish(parts, false, present);
        bytes += record.encoded.length;
        parts.push(record.encoded);
      }
      // Without traits yet: noteTraits comes when they do.
      this.pending.delete(sessionId);
    }
    return this.finish(parts, this.isCompleting, present);
  }

  private finish(parts: Uint8Array[], isComplete: boolean, present: () => SessionId[]): Uint8Array {
    const rest = encodeMessage('AvatarNews', {
      left: [...this.left],
      isComplete,
      present: isComplete ? present() : [],
    });
    this.left.clear();
    if (isComplete) this.isCompleting = false;
    return wrapField([...parts, rest]);
  }
}

/**
 * Field 1 of a message around encoded parts of it: ServerReliable.avatar_news, ServerRealtime.avatar_updates. Protobuf
 * allows a message to be put together from pieces, so nobody's pieces are ever decoded and encoded again.
 */
export function wrapField(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const bytes = new Uint8Array(WRAPPER_BYTES_MAX + size);
  let at = 0;
  bytes[at++] = FIELD_1_BYTES;
  for (let rest = size; ; rest >>>= 7) {
    bytes[at++] = rest > 0x7f ? (rest & 0x7f) | 0x80 : rest;
    if (rest <= 0x7f) break;
  }
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.subarray(0, at);
}

/** Field number 1, length-delimited. */
const FIELD_1_BYTES = 0x0a;
/** What wrapField adds at most to fewer than 2^21 bytes. */
export const WRAPPER_BYTES_MAX = 4;
