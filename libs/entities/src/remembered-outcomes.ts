import {
  EDIT_REMEMBERED_MS_MIN,
  EDIT_RESULTS_REMEMBERED_MAX,
  EDIT_RESULTS_REMEMBERED_MIN,
  type EntityId,
} from '@app/world';
import { EditIdIndex, hashOfEditId } from './edit-id-index.js';
import type { EntityErrorCode } from './entities.errors.js';

/** What a world remembers of a transaction, so that a repetition is done once. */
export interface RememberedOutcome {
  /** Place in the log. */
  readonly sequence: number;
  /** Time of its record, ms since 1970-01-01 UTC. */
  readonly atMs: number;
  /** Why it was not done; absent when it was. */
  readonly code?: EntityErrorCode;
  readonly results: ReadonlyArray<{ id: EntityId; revision: number }>;
}

/** Places of the smallest ring: a power of two, as all sizes are. */
const PLACES_MIN = 512;
/** Places are counted up to here, then from 0 again. */
const PLACE_MASK = 0x7fff_ffff;

/**
 * The newest outcomes by edit id: all of the last EDIT_REMEMBERED_MS_MIN of the log, and older ones while there are few.
 * Part of a world's state, so it depends on nothing but what was put in, in order.
 *
 * At 20,000 edits a second these are more than a million. So an outcome is no object but an entry in each of some columns,
 * which form a ring; only those that are not "one edit, done" have an object besides. One takes about 150 bytes, texts
 * included.
 */
export class RememberedOutcomes {
  private index: EditIdIndex;
  private editIds: string[] = [];
  /** The entity of the one edit that was done; else the outcome. */
  private subjects: (EntityId | RememberedOutcome)[] = [];
  private hashes = new Uint32Array(0);
  /** Sequence, time and revision of each. */
  private numbers = new Float64Array(0);
  private mask = -1;
  private oldest = 0;
  private count = 0;
  /** Results in all; an outcome without any counts as one. */
  private resultsCount = 0;

  constructor() {
    this.index = this.resize(PLACES_MIN);
  }

  get size(): number {
    return this.count;
  }

  get(editId: string): RememberedOutcome | undefined {
    const place = this.index.find(hashOfEditId(editId), editId);
    return place === undefined ? undefined : this.outcomeAt(place);
  }

  /** Remembers an outcome whose edit id is not known. */
  put(editId: string, outcome: RememberedOutcome): void {
    if (this.count > this.mask) this.index = this.resize(2 * this.count);
    const place = (this.oldest + this.count++) & PLACE_MASK;
    const at = place & this.mask;
    const hash = hashOfEditId(editId);
    const { sequence, atMs, code, results } = outcome;
    const isSimple = code === undefined && results.length === 1;
    this.editIds[at] = editId;
    this.subjects[at] = isSimple ? results[0].id : outcome;
    this.hashes[at] = hash;
    this.numbers[3 * at] = sequence;
    this.numbers[3 * at + 1] = atMs;
    this.numbers[3 * at + 2] = isSimple ? results[0].revision : 0;
    this.index.add(hash, place);
    this.resultsCount += this.weightAt(at);
  }

  /** Forgets what is old enough at this time of the log, except the newest EDIT_RESULTS_REMEMBERED_MIN. */
  forgetOld(nowMs: number): void {
    while (this.count > 0 && this.isOld(this.oldest, nowMs)) {
      const at = this.oldest & this.mask;
      const left = this.resultsCount - this.weightAt(at);
      if (left < EDIT_RESULTS_REMEMBERED_MIN) break;
      this.resultsCount = left;
      this.index.remove(this.hashes[at], this.oldest);
      this.editIds[at] = this.subjects[at] = '';
      this.oldest = (this.oldest + 1) & PLACE_MASK;
      this.count--;
    }
    if (8 * this.count < this.mask && this.mask >= PLACES_MIN) this.index = this.resize((this.mask + 1) / 2);
  }

  /** Whether nothing more can be remembered at this time of the log, because nothing can be forgotten yet. */
  isFull(nowMs: number): boolean {
    let left = this.resultsCount;
    for (let i = 0; left >= EDIT_RESULTS_REMEMBERED_MAX; i++) {
      const place = (this.oldest + i) & PLACE_MASK;
      if (!this.isOld(place, nowMs)) return true;
      left -= this.weightAt(place & this.mask);
    }
    return false;
  }

  /** All of them, oldest first. */
  list(): Array<[editId: string, outcome: RememberedOutcome]> {
    return Array.from({ length: this.count }, (_, i) => {
      const place = (this.oldest + i) & PLACE_MASK;
      return [this.editIds[place & this.mask], this.outcomeAt(place)];
    });
  }

  private isOld(place: number, nowMs: number): boolean {
    return nowMs - this.numbers[3 * (place & this.mask) + 1] >= EDIT_REMEMBERED_MS_MIN;
  }

  private weightAt(at: number): number {
    const subject = this.subjects[at];
    return typeof subject === 'string' ? 1 : Math.max(1, subject.results.length);
  }

  private outcomeAt(place: number): RememberedOutcome {
    const at = place & this.mask;
    const subject = this.subjects[at];
    if (typeof subject !== 'string') return subject;
    const [sequence, atMs, revision] = this.numbers.subarray(3 * at, 3 * at + 3);
    return { sequence, atMs, results: [{ id: subject, revision }] };
  }

  /** Moves everything into a ring of another size. Returns the index of it. */
  private resize(capacity: number): EditIdIndex {
    const { editIds, subjects, hashes, numbers, mask: maskBefore } = this;
    const mask = capacity - 1;
    this.mask = mask;
    this.editIds = new Array<string>(capacity).fill('');
    this.subjects = new Array<EntityId | RememberedOutcome>(capacity).fill('');
    this.hashes = new Uint32Array(capacity);
    this.numbers = new Float64Array(3 * capacity);
    const index = new EditIdIndex(capacity, (place, editId) => this.editIds[place & mask] === editId);
    for (let i = 0; i < this.count; i++) {
      const place = (this.oldest + i) & PLACE_MASK;
      const from = place & maskBefore;
      const to = place & mask;
      this.editIds[to] = editIds[from];
      this.subjects[to] = subjects[from];
      this.hashes[to] = hashes[from];
      this.numbers.set(numbers.subarray(3 * from, 3 * from + 3), 3 * to);
      index.add(hashes[from], place);
    }
    return index;
  }
}
