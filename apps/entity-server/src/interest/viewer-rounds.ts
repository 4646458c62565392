import type { EntityEncodings } from './entity-encodings.js';
import type { EntityPlaces } from './entity-places.js';
import type { EntitySlots } from './entity-slots.js';
import { SettlingPass } from './settling-pass.js';
import type { SimulatedBodies } from './simulated-bodies.js';
import type { ViewerBook } from './viewer-book.js';
import { type NewsSources, tellViewer } from './viewer-news.js';
import { hasStrayed } from './viewer-range.js';
import type { Viewer } from './viewer.js';

/** A viewer's interest follows where it walks at most this often, in ms. */
const SETTLE_INTERVAL_MS = 200;
/** So many entities are looked at in a tick for viewers who are new or have moved: about 6 ms. */
const SETTLE_ENTITIES_MAX = 8_192;
/** So many of them for one viewer; then the next has its turn. */
const SETTLE_TURN_ENTITIES = 2_048;
/** After so many entities no further queues are put into order in a tick: about 5 ms. */
const ORDER_ENTITIES_MAX = 16_384;
/** After so many bytes nothing is encoded in a tick that nobody has been told of yet: about 5 ms. */
const ENCODE_BYTES_MAX = 262_144;
/** Bytes of news that one world sends in a tick; further viewers wait their turn. */
const TICK_BYTES_MAX = 2_097_152;

/** Numbers of one world's tick; the caller adds them up over worlds. */
export interface InterestCounts {
  viewers: number;
  /** Entities that were told, whole and partial. */
  states: number;
  motions: number;
  reliableBytes: number;
  realtimeBytes: number;
  /** Entities that wait to be told, over all viewers. */
  waiting: number;
  /** The longest that anything has been waiting, in ms. */
  waitMsMax: number;
}

/** What the rounds stand on. */
export interface RoundsGround {
  readonly table: EntitySlots;
  readonly places: EntityPlaces;
  readonly encodings: EntityEncodings;
  readonly bodies: SimulatedBodies;
  readonly book: ViewerBook;
}

/** What time it is, and how much is known, in one tick. */
export interface RoundMoment {
  readonly tickIndex: number;
  readonly nowMs: number;
  readonly wallMs: number;
  /** Place in the log up to which viewers can be told everything; 0 while they cannot. */
  readonly sequence: number;
}

/** What is done for each viewer in a tick. All of it is bounded, and who has to wait comes first in a later tick. */
export class ViewerRounds {
  private settleTurn = 0;
  /** Where the next tick's round of telling begins: nobody is always last. */
  private turn = 0;

  constructor(private readonly ground: RoundsGround) {}

  /** Finds what is within the interest of those who are new or have moved. */
  settle(nowMs: number): void {
    const due = this.ground.book
      .viewers()
      .map(({ viewer }) => viewer)
      .filter((viewer) => viewer.pass || isDue(viewer, nowMs))
      .sort((a, b) => a.settleTurn - b.settleTurn);
    let left = SETTLE_ENTITIES_MAX;
    for (let i = 0; left > 0 && i < due.length; i++) {
      left -= this.settleSome(due[i], Math.min(left, SETTLE_TURN_ENTITIES), nowMs);
      due[i].settleTurn = ++this.settleTurn;
      if (due[i].pass) due.push(due[i]);
    }
  }

  /** Tells viewers what their budgets and the tick's allow. */
  tell(moment: RoundMoment): InterestCounts {
    const { table, places, encodings, book } = this.ground;
    const { tickIndex, nowMs } = moment;
    const work = { orderEntitiesLeft: ORDER_ENTITIES_MAX, encodeBytesLeft: ENCODE_BYTES_MAX };
    const sources: NewsSources = { table, grid: places.grid, encodings, work, ...moment };
    const counts = { viewers: 0, states: 0, motions: 0, reliableBytes: 0, realtimeBytes: 0, waiting: 0, waitMsMax: 0 };
    const all = book.viewers();
    const first = all.length > 0 ? this.turn % all.length : 0;
    this.turn = first + 1;
    let isEnough = false;
    for (let i = 0; i < all.length; i++) {
      const { viewer, batch } = all[(first + i) % all.length];
      const { sessionId, stay } = viewer;
      const told = tellViewer(viewer, sources, TICK_BYTES_MAX - counts.reliableBytes, (reliable) =>
        batch.add(tickIndex, { sessionId, stay, reliable }),
      );
      counts.states += told.states;
      counts.reliableBytes += told.bytes;
      this.tellMotions(all[(first + i) % all.length], moment, counts);
      count(viewer, nowMs, counts);
      const isLast = isEnough;
      isEnough = counts.reliableBytes >= TICK_BYTES_MAX || work.encodeBytesLeft <= 0 || work.orderEntitiesLeft <= 0;
      // Whoever comes after the one that has used up what there was is the next tick's first.
      if (isEnough && !isLast) this.turn = first + i + 1;
    }
    return counts;
  }

  private settleSome(viewer: Viewer, countMax: number, nowMs: number): number {
    const { table, places } = this.ground;
    if (!viewer.pass) {
      viewer.pass = new SettlingPass(viewer, table, places.grid);
      viewer.isUnsettled = false;
      viewer.settledAtMs = nowMs;
    }
    const count = viewer.pass.run(countMax);
    viewer.queue.noteView();
    if (!viewer.pass.isDone) return count;
    viewer.pass = undefined;
    if (viewer.isEverythingDue) viewer.queue.mark();
    return count;
  }

  private tellMotions(
    { viewer, batch }: ReturnType<ViewerBook['viewers']>[number],
    { tickIndex }: RoundMoment,
    counts: InterestCounts,
  ): void {
    const { bodies, places } = this.ground;
    const motions = bodies.tell(viewer, places.grid, tickIndex);
    if (!motions) return;
    const { sessionId, stay } = viewer;
    batch.add(tickIndex, { sessionId, stay, realtime: motions.realtime });
    counts.motions += motions.count;
    counts.realtimeBytes += motions.realtime.length;
  }
}

function isDue(viewer: Viewer, nowMs: number): boolean {
  return nowMs - viewer.settledAtMs >= SETTLE_INTERVAL_MS && (viewer.isUnsettled || hasStrayed(viewer));
}

function count(viewer: Viewer, nowMs: number, counts: InterestCounts): void {
  counts.viewers++;
  counts.waiting += viewer.waitingCount;
  if (viewer.isHeld) return;
  counts.waitMsMax = Math.max(counts.waitMsMax, nowMs - viewer.queue.oldestSinceMs(viewer.waits, nowMs));
}
