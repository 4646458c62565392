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

/** Places are counted up to here, then from 0 again. */
const PLACE_MASK = 0x7fff_ffff;
/** Outcomes that are kept together, and let go together: a power of two. */
const BLOCK_SHIFT = 7;
const BLOCK_COUNT = 1 << BLOCK_SHIFT;
const BLOCK_MASK = BLOCK_COUNT - 1;

/** Columns of some outcomes one after the other; written once. */
class Block {
  readonly editIds: string[] = [];
  /** The entity of the one edit that was done; else the outcome. */
  readonly subjects: (EntityId | RememberedOutcome)[] = [];
  readonly hashes = new Uint32Array(BLOCK_COUNT);
  /** Sequence, time and revision of each. */
  readonly numbers = new Float64Array(3 * BLOCK_COUNT);
}

/**
 * The newest outcomes by edit id: all of the last EDIT_REMEMBERED_MS_MIN of the log, and older ones while there are few.
 * Part of a world's state, so it depends on nothing but what was put in, in order.
 *
 * At 20,000 edits a second these are more than a million. So an outcome is no object but an entry in each of some columns;
 * only those that are not "one edit, done" have an object besides. One takes about 150 bytes, texts included. Columns are
 * in blocks, so that nothing is ever copied because there is more.
 */
export class RememberedOutcomes {
  private readonly index = new EditIdIndex(
    (place, editId) => this.blockOf(place).editIds[place & BLOCK_MASK] === editId,
  );
  /** Oldest first. */
  private readonly blocks: Block[] = [];
  private oldest = 0;
  private count = 0;
  /** Results in all; an outcome without any counts as one. */
  private resultsCount = 0;

  get size(): number {
    return this.count;
  }

  get(editId: string): RememberedOutcome | undefined {
    const place = this.index.find(hashOfEditId(editId), editId);
    if (place === undefined) return undefined;
    return outcomeAt(this.blockOf(place), place);
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
      const left = this.resultsCount - this.weightAt(this.oldest);
      if (left < EDIT_RESULTS_REMEMBERED_MIN) break;
      this.resultsCount = left;
      this.index.remove(this.blocks[0].hashes[this.oldest & BLOCK_MASK], this.oldest);
      this.oldest = (this.oldest + 1) & PLACE_MASK;
      this.count--;
      if ((this.oldest & BLOCK_MASK) === 0) this.blocks.shift();
    }
  }

  /** Whether nothing more can be remembered at this time of the log, because nothing can be forgotten yet. */
  isFull(nowMs: number): boolean {
    let left = this.resultsCount;
    for (let i = 0; left >= EDIT_RESULTS_REMEMBERED_MAX; i++) {
      const place = (this.oldest + i) & PLACE_MASK;
      if (!this.isOld(place, nowMs)) return true;
      left -= this.weightAt(place);
    }
    return false;
  }

  /** All of them as they are now, oldest first, however long reading them takes. */
  list(): IterableIterator<[editId: string, outcome: RememberedOutcome]> {
    const { oldest, count } = this;
    // What is in a block stays as it is.
    const blocks = this.blocks.slice();
    const first = oldest & BLOCK_MASK;
    return (function* () {
      for (let i = first; i < first + count; i++) {
        const block = blocks[i >>> BLOCK_SHIFT];
        yield [block.editIds[i & BLOCK_MASK], outcomeAt(block, i)];
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
    const place = (this.oldest + this.count++) & PLACE_MASK;
    const at = place & BLOCK_MASK;
    if (at === 0) this.blocks.push(new Block());
    const { editIds, subjects, hashes, numbers } = this.blockOf(place);
    const hash = hashOfEditId(editId);
    editIds.push(editId);
    subjects.push(subject);
    hashes[at] = hash;
    numbers[3 * at] = sequence;
    numbers[3 * at + 1] = atMs;
    numbers[3 * at + 2] = revision;
    this.index.add(hash, place);
    this.resultsCount += this.weightAt(place);
  }

  private blockOf(place: number): Block {
    const before = (place - (this.oldest & ~BLOCK_MASK)) & PLACE_MASK;
    return this.blocks[before >>> BLOCK_SHIFT];
  }

  private isOld(place: number, nowMs: number): boolean {
    return nowMs - this.blockOf(place).numbers[3 * (place & BLOCK_MASK) + 1] >= EDIT_REMEMBERED_MS_MIN;
  }

  private weightAt(place: number): number {
    const subject = this.blockOf(place).subjects[place & BLOCK_MASK];
    return typeof subject === 'string' ? 1 : Math.max(1, subject.results.length);
  }
}

function outcomeAt({ subjects, numbers }: Block, place: number): RememberedOutcome {
  const at = place & BLOCK_MASK;
  const subject = subjects[at];
  if (typeof subject !== 'string') return subject;
  const results = [{ id: subject, revision: numbers[3 * at + 2] }];
  return { sequence: numbers[3 * at], atMs: numbers[3 * at + 1], results };
}
