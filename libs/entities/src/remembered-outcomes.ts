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
    if (place === undefined) return undefined;
    const at = place & this.mask;
    return outcomeOf(this.subjects[at], this.numbers, at);
  }

  /** Remembers an outcome whose edit id is not known. */
  put(editId: string, outcome: RememberedOutcome): void {
    const { sequence, atMs, code, results } = outcome;
    if (code === undefined && results.length === 1) {
      this.putSingle(editId, sequence, atMs, results[0].id, results[0].revision);
    } else {
      this.add(editId, outcome, sequence, atMs, 0);
    }
  }

  /** Remembers, without the object, that a transaction of one edit was done. */
  putSingle(editId: string, sequence: number, atMs: number, id: EntityId, revision: number): void {
    this.add(editId, id, sequence, atMs, revision);
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

  /** All of them as they are now, oldest first, however long reading them takes. */
  list(): IterableIterator<[editId: string, outcome: RememberedOutcome]> {
    const { oldest, count, mask } = this;
    const [editIds, subjects, numbers] = [this.editIds.slice(), this.subjects.slice(), this.numbers.slice()];
    return (function* () {
      for (let i = 0; i < count; i++) {
        const at = (oldest + i) & mask;
        yield [editIds[at], outcomeOf(subjects[at], numbers, at)];
      }
    })();
  }

  private add(
    editId: string,
    subject: EntityId | RememberedOutcome,
    sequence: number,
    atMs: number,
    revision: number,
  ): void {
    if (this.count > this.mask) this.index = this.resize(2 * this.count);
    const place = (this.oldest + this.count++) & PLACE_MASK;
    const at = place & this.mask;
    const hash = hashOfEditId(editId);
    this.editIds[at] = editId;
    this.subjects[at] = subject;
    this.hashes[at] = hash;
    this.numbers[3 * at] = sequence;
    this.numbers[3 * at + 1] = atMs;
    this.numbers[3 * at + 2] = revision;
    this.index.add(hash, place);
    this.resultsCount += this.weightAt(at);
  }

  private isOld(place: number, nowMs: number): boolean {
    return nowMs - this.numbers[3 * (place & this.mask) + 1] >= EDIT_REMEMBERED_MS_MIN;
  }

  private weightAt(at: number): number {
    const subject = this.subjects[at];
    return typeof subject === 'string' ? 1 : Math.max(1, subject.results.length);
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
      for (let n = 0; n < 3; n++) this.numbers[3 * to + n] = numbers[3 * from + n];
      index.add(hashes[from], place);
    }
    return index;
  }
}

function outcomeOf(subject: EntityId | RememberedOutcome, numbers: Float64Array, at: number): RememberedOutcome {
  if (typeof subject !== 'string') return subject;
  const results = [{ id: subject, revision: numbers[3 * at + 2] }];
  return { sequence: numbers[3 * at], atMs: numbers[3 * at + 1], results };
}
