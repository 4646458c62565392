import { elementBytesOf, encodeMessage, packEntityMotions, unpackEntityMotion, type vicinity } from '@app/wire';
import { ENTITY_BODIES_MAX, SERVER_REALTIME_BYTES_MAX } from '@app/world';
import type { SpatialGrid } from '@app/spatial';
import type { Viewer } from './viewer.js';
import { importanceFor } from './viewer-importance.js';

/** A body of which nothing was heard for this long is at rest, in ms. */
const BODY_SILENCE_MS_MAX = 2_000;
/** The body's place is taken over this often, in ms: who is interested in it changes as it moves. */
const PLACE_INTERVAL_MS = 1_000;
/** Tag and length around all motions. */
const WRAPPER_BYTES = 4;
/** More than ever fit into one datagram. */
const CANDIDATES_MAX = 32;
/** Waiting alone brings every body forward within a second or so. */
const IMPORTANCE_MIN = 0.02;

/** The newest motion of a body. */
interface Body {
  slot: number;
  readonly index: number;
  atMs: number;
  serial: number;
  ownerId: number;
  /** An encoded EntityMotion. */
  encoded: Uint8Array;
  heardAtMs: number;
  placedAtMs: number;
}

/** Bodies that move by simulation, and what is told of them: the most important first, the newest only. */
export class SimulatedBodies {
  private readonly bySlot = new Map<number, Body>();
  private readonly freeIndices: number[] = [];
  private indexEnd = 0;
  private serial = 0;
  private readonly candidates: Body[] = [];
  private readonly scores: number[] = [];

  get size(): number {
    return this.bySlot.size;
  }

  /**
   * Takes a motion that is newer than the newest seen, and that is one.
   *
   * @param placed  called when the body's place is to be taken over
   */
  take(slot: number, motion: vicinity.v1.IEntityMotion, nowMs: number, placed: () => void): boolean {
    const atMs = motion.atMs ?? 0;
    const body = this.bySlot.get(slot);
    if ((body && atMs <= body.atMs) || typeof unpackEntityMotion(motion) === 'string') return false;
    if (!body && this.bySlot.size >= ENTITY_BODIES_MAX) return false;
    const next = body ?? this.open(slot);
    next.atMs = atMs;
    this.serial = (this.serial + 1) >>> 0 || 1;
    next.serial = this.serial;
    next.ownerId = motion.ownerId ?? 0;
    next.encoded = encodeMessage('EntityMotion', motion);
    next.heardAtMs = nowMs;
    if (nowMs - next.placedAtMs < PLACE_INTERVAL_MS) return true;
    next.placedAtMs = nowMs;
    placed();
    return true;
  }

  /** The entity is gone. */
  remove(slot: number): void {
    const body = this.bySlot.get(slot);
    if (!body) return;
    this.bySlot.delete(slot);
    this.freeIndices.push(body.index);
  }

  clear(): void {
    for (const slot of [...this.bySlot.keys()]) this.remove(slot);
  }

  expire(nowMs: number): void {
    for (const { slot, heardAtMs } of this.bySlot.values()) {
      if (nowMs - heardAtMs > BODY_SILENCE_MS_MAX) this.remove(slot);
    }
  }

  /**
   * The next datagram for a viewer: bodies that it knows, that somebody else moves, and that have moved since.
   *
   * @returns an encoded ServerRealtime and how many motions it holds; undefined when there is nothing
   */
  tell(viewer: Viewer, grid: SpatialGrid, tick: number): { realtime: Uint8Array; count: number } | undefined {
    if (this.bySlot.size === 0) return undefined;
    const { motions } = viewer;
    motions.grow(this.indexEnd);
    this.rank(viewer, grid, tick);
    const parts: Uint8Array[] = [];
    let bytes = WRAPPER_BYTES;
    for (const { index, serial, encoded } of this.candidates) {
      if (bytes + elementBytesOf(encoded.length) > SERVER_REALTIME_BYTES_MAX) break;
      bytes += elementBytesOf(encoded.length);
      parts.push(encoded);
      motions.toldSerial[index] = serial;
      motions.toldTick[index] = tick;
    }
    return parts.length > 0 ? { realtime: packEntityMotions(parts), count: parts.length } : undefined;
  }

  /** Finds the most urgent bodies: importance times waiting time. */
  private rank(viewer: Viewer, grid: SpatialGrid, tick: number): void {
    const { candidates, scores } = this;
    const score = importanceFor(viewer, grid);
    const { toldSerial, toldTick } = viewer.motions;
    candidates.length = scores.length = 0;
    for (const body of this.bySlot.values()) {
      const { index, slot } = body;
      if (toldSerial[index] === body.serial || body.ownerId === viewer.sessionId || !viewer.isKnown(slot)) continue;
      const urgency = Math.max(IMPORTANCE_MIN, score(slot)) * (tick - toldTick[index]);
      let at = candidates.length;
      if (at === CANDIDATES_MAX && urgency <= scores[at - 1]) continue;
      if (at === CANDIDATES_MAX) at--;
      for (; at > 0 && scores[at - 1] < urgency; at--) {
        scores[at] = scores[at - 1];
        candidates[at] = candidates[at - 1];
      }
      scores[at] = urgency;
      candidates[at] = body;
    }
  }

  private open(slot: number): Body {
    const index = this.freeIndices.pop() ?? this.indexEnd++;
    const body: Body = {
      slot,
      index,
      atMs: 0,
      serial: 0,
      ownerId: 0,
      encoded: new Uint8Array(0),
      heardAtMs: 0,
      placedAtMs: -Infinity,
    };
    this.bySlot.set(slot, body);
    return body;
  }
}
