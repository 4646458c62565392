/** At least as many are put into order at once, the most important first. */
const FRONT_MIN = 512;
/** Or this share of all that wait, if it is more. */
const FRONT_SHARE = 1 / 16;
/** No more places of a queue are looked at to make an order: half of them the newest, half in turn. */
const ORDER_PLACES_MAX = 16_384;
/** The order is made anew this often at most, in ms, because importance changes as viewers move ... */
const ORDER_MS_MIN = 100;
/** ... and, for long queues, no more often than after this many ms for each place that is looked at. */
const ORDER_MS_PER_PLACE = 0.01;
/** A slot in a sort key; larger than any slot. */
const SLOT_SPAN = 2 ** 21;
/** Buckets of a score's upper bits: a power of two has eight. */
const BUCKETS = 2_048;
const BUCKET_SHIFT = 20;
/** Places that are free at first. */
const PLACES_MIN = 64;

/** How important it is that a viewer is told about a slot: positive. */
export type Score = (slot: number) => number;
/** Whether a slot still waits. */
export type Waits = (slot: number) => boolean;

/** What may be put into order in one tick, by all viewers. */
export interface OrderingWork {
  /** Entities; nothing is put into order any more when it is not above 0. */
  orderEntitiesLeft: number;
}

/**
 * What waits to be told to one viewer: in the order of arrival, and, for the most important ones, in that order.
 *
 * Of a long queue only a part is looked at for each order, because it may be a whole world: what was foremost before, what
 * came last, and a part of the rest, another one each time.
 *
 * Whoever takes from it takes a share from the longest waiting (see ViewerNews); that is what bounds the wait. Slots
 * that do not wait any more are skipped, so that nothing has to be searched for. One that waits again keeps the place
 * that it still has, and is taken there: sooner than it had to.
 */
export class ViewerQueue {
  /** A ring of slots, oldest first. */
  private ring = new Int32Array(PLACES_MIN);
  private since = new Float64Array(PLACES_MIN);
  /** Places are counted from the beginning of time. */
  private head = 0;
  private tail = 0;
  private front = new Int32Array(0);
  private frontNext = 0;
  private frontEnd = 0;
  private orderedAtMs = -Infinity;
  private isOrderStale = true;
  /** Where the next order of a long queue goes on. */
  private orderPlace = 0;
  private markPlace = 0;

  /** Puts a slot behind all others. `waitingCount` is how many wait, itself included. */
  push(slot: number, nowMs: number, waitingCount: number, waits: Waits): void {
    if (this.tail - this.head === this.ring.length) this.makeRoom(waitingCount, waits);
    const index = this.tail % this.ring.length;
    this.ring[index] = slot;
    this.since[index] = nowMs;
    this.tail++;
    this.isOrderStale = true;
  }

  clear(): void {
    this.head = this.tail = this.markPlace = this.orderPlace = 0;
    this.frontNext = this.frontEnd = 0;
    this.orderedAtMs = -Infinity;
    this.isOrderStale = true;
  }

  /** What is important has changed: the viewer has moved, or looks elsewhere. */
  noteView(): void {
    this.isOrderStale = true;
  }

  /** Remembers the end of the queue. */
  mark(): void {
    this.markPlace = this.tail;
  }

  /** Whether all that waited at the mark have been told. */
  isPastMark(waits: Waits): boolean {
    this.skipTold(waits);
    return this.head >= this.markPlace;
  }

  /** The longest waiting one; -1 when nothing waits. */
  oldest(waits: Waits): number {
    this.skipTold(waits);
    return this.head === this.tail ? -1 : this.ring[this.head % this.ring.length];
  }

  /** Since when the longest waiting one has waited, in ms; `nowMs` when nothing waits. */
  oldestSinceMs(waits: Waits, nowMs: number): number {
    this.skipTold(waits);
    return this.head === this.tail ? nowMs : this.since[this.head % this.ring.length];
  }

  /**
   * The most important one, as of the last order; -1 when nothing waits. It comes again while it waits.
   *
   * When there is no order left and none can be made in this tick, it is the longest waiting one.
   */
  foremost(waits: Waits, score: Score, waitingCount: number, nowMs: number, work: OrderingWork): number {
    if (waitingCount === 0) return -1;
    const intervalMs = Math.max(ORDER_MS_MIN, Math.min(waitingCount, ORDER_PLACES_MAX) * ORDER_MS_PER_PLACE);
    if (this.isOrderStale && nowMs - this.orderedAtMs >= intervalMs) this.order(waits, score, nowMs, work);
    const first = this.firstOfFront(waits);
    if (first >= 0) return first;
    this.order(waits, score, nowMs, work);
    const next = this.firstOfFront(waits);
    return next >= 0 ? next : this.oldest(waits);
  }

  private firstOfFront(waits: Waits): number {
    for (; this.frontNext < this.frontEnd; this.frontNext++) {
      if (waits(this.front[this.frontNext])) return this.front[this.frontNext];
    }
    return -1;
  }

  private skipTold(waits: Waits): void {
    while (this.head < this.tail && !waits(this.ring[this.head % this.ring.length])) this.head++;
  }

  private order(waits: Waits, score: Score, nowMs: number, work: OrderingWork): void {
    if (work.orderEntitiesLeft <= 0) return;
    const candidates = this.gather();
    work.orderEntitiesLeft -= candidates;
    const count = rank(candidates, waits, score, Math.max(FRONT_MIN, Math.ceil(candidates * FRONT_SHARE)));
    if (this.front.length < count) this.front = new Int32Array(Math.max(PLACES_MIN, 2 * count));
    for (let i = 0; i < count; i++) this.front[i] = rankedKeys[count - 1 - i] % SLOT_SPAN;
    this.frontNext = 0;
    this.frontEnd = count;
    this.orderedAtMs = nowMs;
    this.isOrderStale = false;
  }

  /** Writes the slots that are to be put into order to `gathered`, and says how many; some may be there twice. */
  private gather(): number {
    const { head, tail, front, frontNext, frontEnd } = this;
    if (tail - head <= ORDER_PLACES_MAX) return this.gatherPlaces(head, tail, 0);
    ensureGathered(ORDER_PLACES_MAX + frontEnd - frontNext);
    gathered.set(front.subarray(frontNext, frontEnd));
    const newest = tail - ORDER_PLACES_MAX / 2;
    const from = this.orderPlace >= head && this.orderPlace < newest ? this.orderPlace : head;
    const to = Math.min(newest, from + ORDER_PLACES_MAX / 2);
    this.orderPlace = to;
    return this.gatherPlaces(newest, tail, this.gatherPlaces(from, to, frontEnd - frontNext));
  }

  private gatherPlaces(from: number, to: number, count: number): number {
    ensureGathered(count + to - from);
    for (let place = from; place < to; place++) gathered[count++] = this.ring[place % this.ring.length];
    return count;
  }

  /** Leaves out what has been told, and second places of the same slot; grows if that does not help. */
  private makeRoom(waitingCount: number, waits: Waits): void {
    const { ring, since, head, tail, markPlace } = this;
    this.orderPlace = 0;
    const places = Math.max(PLACES_MIN, 2 * (waitingCount + 1));
    const round = ++stampRound;
    this.ring = new Int32Array(places);
    this.since = new Float64Array(places);
    this.head = this.tail = 0;
    for (let place = head; place < tail; place++) {
      if (place === markPlace) this.markPlace = this.tail;
      const slot = ring[place % ring.length];
      if (!waits(slot) || stamps[slot] === round) continue;
      if (slot >= stamps.length) stamps = enlargedStamps(slot);
      stamps[slot] = round;
      this.ring[this.tail] = slot;
      this.since[this.tail++] = since[place % ring.length];
    }
    if (markPlace <= head) this.markPlace = 0;
    else if (markPlace >= tail) this.markPlace = this.tail;
  }
}

/** The last round of making room in which a slot was seen. */
let stamps = new Float64Array(1_024);
let stampRound = 0;

function enlargedStamps(slot: number): Float64Array<ArrayBuffer> {
  const enlarged = new Float64Array(2 * slot);
  enlarged.set(stamps);
  return enlarged;
}

/** Lent to one ranking at a time. */
let gathered = new Int32Array(PLACES_MIN);
let scores = new Float32Array(PLACES_MIN);
let scoreBits = new Uint32Array(scores.buffer);
let rankedKeys = new Float64Array(PLACES_MIN);
const histogram = new Uint32Array(BUCKETS);

/** Makes room for so many slots, and keeps those that are there. */
function ensureGathered(count: number): void {
  if (gathered.length >= count) return;
  const enlarged = new Int32Array(2 * count);
  enlarged.set(gathered);
  gathered = enlarged;
}

/**
 * Writes sort keys of about the `wanted` most important of the gathered slots to `rankedKeys`, in rising order, and says how
 * many.
 *
 * Bits of positive floats are in the order of the floats: a histogram of the upper ones finds where to cut, so that only
 * what is above has to be sorted.
 */
function rank(candidates: number, waits: Waits, score: Score, wanted: number): number {
  if (scores.length < candidates) {
    scores = new Float32Array(2 * candidates);
    scoreBits = new Uint32Array(scores.buffer);
  }
  if (rankedKeys.length < 2 * wanted) rankedKeys = new Float64Array(2 * wanted);
  histogram.fill(0);
  for (let i = 0; i < candidates; i++) {
    const slot = gathered[i];
    scores[i] = waits(slot) ? score(slot) : 0;
    if (scores[i] > 0) histogram[scoreBits[i] >>> BUCKET_SHIFT]++;
  }
  let cut = BUCKETS - 1;
  for (let above = histogram[cut]; cut > 0 && above < wanted; above += histogram[cut]) cut--;
  let count = 0;
  for (let i = 0; i < candidates && count < 2 * wanted; i++) {
    const bits = scoreBits[i];
    if (bits === 0 || bits >>> BUCKET_SHIFT < cut) continue;
    rankedKeys[count++] = bits * SLOT_SPAN + gathered[i];
  }
  rankedKeys.subarray(0, count).sort();
  return count;
}
