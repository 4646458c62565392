import type { Entity } from '@app/entities';
import { elementBytesOf, entityIdToBytes, packEntityNews } from '@app/wire';
import { ENTITY_DEPTH_MAX, ENTITY_NEWS_BYTES_MAX } from '@app/world';
import type { EncodingWork, EntityEncodings } from './entity-encodings.js';
import type { EntitySlots } from './entity-slots.js';
import type { SpatialGrid } from '@app/spatial';
import type { Viewer } from './viewer.js';
import { importanceFor } from './viewer-importance.js';
import type { OrderingWork, Score } from './viewer-queue.js';

/** Ids that are gone or have left, in one message. */
const GONE_MAX = 1_000;
/** An id in a message: tag, length, 16 bytes. */
const ID_BYTES = 18;
/** Everything else in a message, at most. */
const FRAME_BYTES = 64;
/** With less than that nothing is begun. */
const ALLOWANCE_BYTES_MIN = 512;
/** For each byte that is told because it has waited longest, so many are told because they are important. */
const IMPORTANT_PER_OLD = 3;

/** What may still be done in one tick, for all viewers. */
export type NewsWork = OrderingWork & EncodingWork;

/** What news are made of, at one tick. */
export interface NewsSources {
  readonly table: EntitySlots;
  readonly grid: SpatialGrid;
  readonly encodings: EntityEncodings;
  readonly work: NewsWork;
  /** Place in the log up to which all changes are known here; 0 while some are not finished. */
  readonly sequence: number;
  readonly nowMs: number;
  readonly wallMs: number;
}

/** What was told in one call. */
export interface ToldCounts {
  bytes: number;
  states: number;
}

/**
 * Tells one viewer what its budget allows: who is gone, then what waits. Of four bytes, three go to what is most
 * important to it and one to what has waited longest; parents go before their children.
 *
 * The bound: let something begin to wait behind B bytes, counted as they are told. Nothing comes before it in the order
 * of waiting but these, since what waits anew does so behind it, or at a place that it already had. A quarter of the
 * bytes R per second are taken from there, ids of what is gone come first (18 bytes for each, G in all), and parents
 * that are missing take P bytes. So it is told after at most 4 (B + P) / R + G / R seconds, and one tick, and what one
 * entity overdraws; time in which its gateway holds the viewer's news is not counted. With 100,000 entities of 350 bytes at 1 MiB/s: 134 s when all are new, of which important ones see nothing.
 *
 * @param bytesMax  no more messages are begun after so many bytes, whatever the viewer's own budget
 * @param send      gets each message, an encoded ServerReliable
 */
export function tellViewer(
  viewer: Viewer,
  sources: NewsSources,
  bytesMax: number,
  send: (reliable: Uint8Array) => void,
): ToldCounts {
  const told: ToldCounts = { bytes: 0, states: 0 };
  const allowance = Math.min(bytesMax, viewer.bucket.fill(sources.nowMs));
  if (viewer.isHeld || allowance < ALLOWANCE_BYTES_MIN || (viewer.isResetDue && viewer.isUnsettled && !viewer.pass))
    return told;
  while (told.bytes + FRAME_BYTES < allowance && hasNews(viewer)) {
    const message = new NewsMessage(viewer, sources);
    message.addGone();
    while (told.bytes + message.bytes < allowance && message.addNext());
    // What waits has to be encoded first, in another tick.
    if (message.isEmpty && viewer.waitingCount > 0) break;
    const reliable = message.finish();
    told.bytes += reliable.length;
    told.states += message.states.length;
    send(reliable);
  }
  viewer.bucket.take(told.bytes);
  if (viewer.waitingCount === 0) viewer.importantBytes = viewer.oldBytes = 0;
  return told;
}

function hasNews(viewer: Viewer): boolean {
  return (
    viewer.isResetDue || viewer.waitingCount > 0 || viewer.erased.size > 0 || viewer.left.size > 0 || isDone(viewer)
  );
}

/** Whether the viewer can be told that it has been told of everything. */
function isDone(viewer: Viewer): boolean {
  return (
    viewer.isEverythingDue &&
    viewer.isSettled &&
    viewer.erased.size === 0 &&
    viewer.left.size === 0 &&
    viewer.queue.isPastMark(viewer.waits)
  );
}

/** One EntityNews in the making. */
class NewsMessage {
  readonly states: Uint8Array[] = [];
  bytes = FRAME_BYTES;
  private readonly present: Uint8Array[] = [];
  private readonly erased = new Map<string, Uint8Array>();
  private readonly left: Uint8Array[] = [];
  private readonly score: Score;

  constructor(
    private readonly viewer: Viewer,
    private readonly sources: NewsSources,
  ) {
    this.score = importanceFor(viewer, sources.grid);
  }

  get isEmpty(): boolean {
    return this.states.length + this.present.length + this.erased.size + this.left.length === 0;
  }

  addGone(): void {
    const { viewer, sources } = this;
    for (const [id, bytes] of viewer.erased) {
      if (this.erased.size === GONE_MAX) break;
      this.erased.set(id, bytes);
      viewer.erased.delete(id);
    }
    for (const slot of viewer.left) {
      if (this.erased.size + this.left.length >= GONE_MAX) break;
      const entity = sources.table.entities[slot];
      if (entity) this.left.push(entityIdToBytes(entity.id));
      viewer.noteLeftTold(slot);
    }
    this.bytes += ID_BYTES * (this.erased.size + this.left.length);
  }

  /** Adds what comes next; false when nothing does, or when it does not fit. */
  addNext(): boolean {
    const { viewer, sources } = this;
    const isOldsTurn = viewer.oldBytes * IMPORTANT_PER_OLD < viewer.importantBytes;
    const { queue, waits, waitingCount } = viewer;
    const first = isOldsTurn
      ? queue.oldest(waits)
      : queue.foremost(waits, this.score, waitingCount, sources.nowMs, sources.work);
    if (first < 0) return false;
    const bytes = this.add(this.missingParentOf(first));
    if (isOldsTurn) viewer.oldBytes += bytes;
    else viewer.importantBytes += bytes;
    return bytes > 0;
  }

  finish(): Uint8Array {
    const { viewer, sources } = this;
    const isEverything = isDone(viewer);
    const { isResetDue } = viewer;
    viewer.isResetDue = false;
    if (isEverything) viewer.isEverythingDue = viewer.isBeginning = false;
    const isUpToDate =
      viewer.isSettled &&
      viewer.waitingCount === 0 &&
      viewer.erased.size === 0 &&
      viewer.left.size === 0 &&
      !viewer.isEverythingDue;
    return packEntityNews(this.states, {
      erased: [...this.erased.values()],
      left: this.left,
      isReset: isResetDue,
      present: this.present,
      isEverything,
      generation: viewer.wishes.generation,
      sequence: isUpToDate ? sources.sequence : 0,
      serverTimeMs: Math.floor(sources.wallMs),
    });
  }

  /** The bytes that were added; 0 when there is no room. */
  private add(slot: number): number {
    const { viewer, sources } = this;
    const entity = sources.table.entities[slot];
    // The table and the viewers change together.
    if (!entity) throw new Error('something waits that is not there');
    const telling = viewer.tellingOf(slot);
    if (telling === 'present') {
      if (this.bytes + ID_BYTES > ENTITY_NEWS_BYTES_MAX) return 0;
      this.present.push(entityIdToBytes(entity.id));
      this.bytes += ID_BYTES;
      viewer.noteTold(slot);
      return ID_BYTES;
    }
    const before = telling === 'changes' ? viewer.versionOf(slot) : undefined;
    const { encodings, work } = sources;
    const shown = (version: Entity): Entity => (viewer.seesAll(version) ? version : encodings.publicOf(version));
    const state = before
      ? encodings.changesOf(shown(before), shown(entity), work)
      : encodings.wholeOf(shown(entity), work);
    if (!state) return 0;
    const bytes = elementBytesOf(state.length);
    if (this.bytes + bytes > ENTITY_NEWS_BYTES_MAX && this.bytes > FRAME_BYTES) return 0;
    this.states.push(state);
    this.bytes += bytes;
    // Erased, and then added again with the same id: now it is there.
    if (this.erased.delete(entity.id)) this.bytes -= ID_BYTES;
    viewer.erased.delete(entity.id);
    viewer.noteTold(slot);
    return bytes;
  }

  /** The topmost of those that carry a slot and that the viewer does not have; or the slot itself. */
  private missingParentOf(slot: number): number {
    const { viewer, sources } = this;
    let topmost = slot;
    let at = sources.table.parents[slot];
    for (let depth = 0; at >= 0 && depth < ENTITY_DEPTH_MAX; at = sources.table.parents[at], depth++) {
      if (viewer.isMissing(at)) topmost = at;
    }
    return topmost;
  }
}
