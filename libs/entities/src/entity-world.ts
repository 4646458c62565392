import { assert, AUTHOR_CHARACTERS_MAX, EDIT_ID_CHARACTERS_MAX, ENTITY_EDITS_MAX, type EntityId } from '@app/world';
import { createHash } from 'node:crypto';
import { applyEdit, type EditContext, type Refusal } from './apply-edit.js';
import type {
  Entity,
  EntityChange,
  EntityRecord,
  EntityTransaction,
  TransactionOutcome,
  TransactionRefusal,
} from './entity.js';
import { EntityStore } from './entity-store.js';
import { type RememberedOutcome, RememberedOutcomes } from './remembered-outcomes.js';
import { encodeSnapshotParts, SnapshotReader, type WorldState } from './snapshot-parts.js';
import { STATE_HASH_BYTES } from './state-hash.js';

const nothing = (): WorldState => ({
  entities: [],
  outcomes: new RememberedOutcomes(),
  sequence: 0,
  writtenAtMs: 0,
  revisionFloor: 0,
  hash: new Uint8Array(STATE_HASH_BYTES),
});

/** Remembers outcomes: a world does, or a trial that leaves no trace. */
type Memory = Pick<RememberedOutcomes, 'get' | 'put'>;

/** When and where in the log transactions are done. */
interface Moment {
  readonly atMs: number;
  readonly sequence: number;
  /** No further outcome can be remembered: nothing is done that could be done again. */
  readonly isFull: boolean;
}

/** What transactions would do to a world as its next record; `applyDraft` does it, if they are. */
export interface WorldDraft extends Moment {
  /** What would become of each transaction. */
  readonly outcomes: readonly TransactionOutcome[];
  /** Each step, oldest first. */
  readonly puts: readonly EntityChange[];
  readonly remembered: ReadonlyMap<string, RememberedOutcome>;
  readonly revisionFloor: number;
}

/**
 * The entities of one world at one place of its log. Everything that it becomes is decided by the records that it is
 * given, in their order: two worlds with the same records are equal.
 */
export class EntityWorld {
  private readonly store: EntityStore;
  private readonly outcomes: RememberedOutcomes;
  private sequence: number;
  private writtenAtMs: number;
  private revisionFloor: number;

  /** @param state  what SnapshotReader has read and checked, this world's from now on; default: no entities, before the first record */
  constructor(state: WorldState = nothing()) {
    this.store = EntityStore.of(state.entities, state.hash);
    this.outcomes = state.outcomes;
    this.sequence = state.sequence;
    this.writtenAtMs = state.writtenAtMs;
    this.revisionFloor = state.revisionFloor;
  }

  /** Place in the log up to which records have been applied; 0 at first. */
  get lastSequence(): number {
    return this.sequence;
  }

  /** Time of the newest record, ms since 1970-01-01 UTC; never falls. */
  get lastWrittenAtMs(): number {
    return this.writtenAtMs;
  }

  /** Number of entities. */
  get size(): number {
    return this.store.size;
  }

  /** The entity, as it was at its `movedAtMs`. */
  get(id: EntityId): Entity | undefined {
    return this.store.get(id);
  }

  /** Ids of those whose parent it is, in no particular order. */
  childrenOf(id: EntityId): Iterable<EntityId> {
    return this.store.family.childrenOf(id);
  }

  /** How many locked entities hang on an entity, directly or through others. Costs nothing, however large its tree is. */
  lockedBelow(id: EntityId): number {
    return this.store.family.lockedBelowOf(id);
  }

  /** All entities, in no particular order. */
  entities(): IterableIterator<Entity> {
    return this.store.values();
  }

  /** The topmost parent of an entity, or itself; also for ids that are unknown. */
  rootOf(id: EntityId): EntityId {
    return this.store.family.rootOf(id);
  }

  /** Number of the shard, from 0, that edits of this entity belong to. */
  shardOf(id: EntityId, shards: number): number {
    return shardOfRoot(this.rootOf(id), shards);
  }

  /** Number of transactions whose outcomes are remembered. */
  get rememberedCount(): number {
    return this.outcomes.size;
  }

  /** What has become of a transaction; undefined when it is unknown or forgotten. */
  outcomeOf(editId: string): RememberedOutcome | undefined {
    return this.outcomes.get(editId);
  }

  /**
   * Does what a record says, in its order. Deterministic, and never throws. A record whose sequence is not above
   * `lastSequence` has been applied already: nothing happens.
   */
  apply(record: EntityRecord, sequence: number): TransactionOutcome[] {
    if (!(sequence > this.sequence)) return [];
    this.writtenAtMs = Math.max(this.writtenAtMs, record.writtenAtMs);
    this.sequence = sequence;
    const moment = { atMs: this.writtenAtMs, sequence, isFull: this.outcomes.isFull(this.writtenAtMs) };
    const outcomes = record.transactions.map((transaction) => {
      const outcome = this.run(transaction, moment, this.outcomes);
      this.store.commit();
      return outcome;
    });
    this.outcomes.forgetOld(this.writtenAtMs);
    return outcomes;
  }

  /** Goes on behind a message of the log that is no record: all readers leave it out. */
  skip(sequence: number): void {
    this.sequence = Math.max(this.sequence, sequence);
  }

  /** What would become of transactions if they were the next record, written at `atMs`. Changes nothing. */
  check(transactions: readonly EntityTransaction[], atMs: number): readonly TransactionOutcome[] {
    return this.draft(transactions, atMs).outcomes;
  }

  /**
   * Like `check`, and keeps what would be done.
   *
   * @param refuse  asked about each transaction that is new, by its index, while the world is as those before it leave it
   */
  draft(
    transactions: readonly EntityTransaction[],
    atMs: number,
    refuse?: (index: number) => TransactionRefusal | undefined,
  ): WorldDraft {
    const writtenAtMs = Math.max(this.writtenAtMs, atMs);
    const isFull = this.outcomes.isFull(writtenAtMs);
    const moment = { atMs: writtenAtMs, sequence: this.sequence + 1, isFull };
    const tried = new Map<string, RememberedOutcome>();
    const memory: Memory = {
      get: (editId) => tried.get(editId) ?? this.outcomes.get(editId),
      put: (editId, outcome) => tried.set(editId, outcome),
    };
    const floor = this.revisionFloor;
    const outcomes = transactions.map((transaction, index): TransactionOutcome => {
      const { editId } = transaction;
      const refusal = memory.get(editId) ? undefined : refuse?.(index);
      return refusal ? { kind: 'void', editId, ...refusal } : this.run(transaction, moment, memory);
    });
    const { revisionFloor } = this;
    this.revisionFloor = floor;
    return { ...moment, outcomes, puts: this.store.takeBack(), remembered: tried, revisionFloor };
  }

  /**
   * Applies the record with exactly the draft's transactions and time, without doing them again: what they do depends on
   * nothing but the world, and a world at the same place of its log is the same. Undefined, with nothing changed, when
   * another record has come between; then the record itself is applied.
   */
  applyDraft(draft: WorldDraft, sequence: number): readonly TransactionOutcome[] | undefined {
    if (sequence !== this.sequence + 1 || sequence !== draft.sequence) return undefined;
    this.writtenAtMs = draft.atMs;
    this.sequence = sequence;
    this.revisionFloor = draft.revisionFloor;
    for (const { id, before, after } of draft.puts) this.store.put(id, after, before);
    this.store.commit();
    for (const [editId, outcome] of draft.remembered) this.outcomes.put(editId, outcome);
    this.outcomes.forgetOld(this.writtenAtMs);
    return draft.outcomes;
  }

  /** 32 bytes: the exclusive or of the SHA-256 of each entity's canonical encoding. */
  hash(): Uint8Array {
    this.settleHash();
    return this.store.stateHash.value();
  }

  /** Does some of what `hash` has to do, at most `countMax` entities; for quiet moments. False when nothing is left. */
  settleHash(countMax = Infinity): boolean {
    this.store.stateHash.settle((id) => this.store.get(id), countMax);
    return this.store.stateHash.pending > 0;
  }

  /**
   * Encoded SnapshotParts of at most 1,000 entities, sorted by id; the last one has the end. They are of the world as it is
   * at the call, however long reading them takes.
   */
  encodeParts(): IterableIterator<Uint8Array> {
    return encodeSnapshotParts({
      entities: [...this.store.values()],
      outcomes: this.outcomes.list(),
      sequence: this.sequence,
      writtenAtMs: this.writtenAtMs,
      revisionFloor: this.revisionFloor,
    });
  }

  /** Reads SnapshotParts, and compares their hash. Fails with `snapshot-corrupt`, never otherwise. */
  static decode(parts: Iterable<Uint8Array>): EntityWorld {
    const reader = new SnapshotReader();
    for (const part of parts) reader.push(part);
    return new EntityWorld(reader.finish());
  }

  private run(transaction: EntityTransaction, moment: Moment, memory: Memory): TransactionOutcome {
    const { editId } = transaction;
    if (!isFormal(transaction)) return { kind: 'void', editId, ...FORM_REFUSAL };
    const known = memory.get(editId);
    if (known) return repetition(editId, known);
    if (moment.isFull) return { kind: 'void', editId, ...FULL_REFUSAL };
    const { atMs, sequence } = moment;
    const mark = this.store.mark();
    const context = { atMs, sequence, author: transaction.author, revisionFloor: this.revisionFloor };
    const done = this.tryEdits(transaction, context);
    if (!Array.isArray(done)) {
      this.store.rollBack(mark);
      memory.put(editId, { sequence, atMs, code: done.code, results: [] });
      return { kind: 'void', editId, ...done };
    }
    this.revisionFloor = context.revisionFloor;
    memory.put(editId, { sequence, atMs, results: done });
    return { kind: 'done', editId, changes: this.store.changesSince(mark), results: done };
  }

  private tryEdits({ edits }: EntityTransaction, context: EditContext): EditResult[] | EditRefusal {
    const results: EditResult[] = [];
    for (let i = 0; i < edits.length; i++) {
      const result = tryEdit(this.store, edits[i], context);
      if (typeof result !== 'number') return { ...result, editIndex: i };
      results.push({ id: edits[i].id, revision: result });
    }
    return results;
  }
}

/** Number of the shard, from 0, of a subtree whose topmost entity has this id. */
export function shardOfRoot(root: EntityId, shards: number): number {
  assert(shards >= 1, 'a world has at least one shard');
  // Ids may come from anywhere, also counted up: their digits are not as even as those of a hash.
  return shards === 1 ? 0 : createHash('sha256').update(root).digest().readUInt32BE(0) % shards;
}

const FORM_REFUSAL = {
  code: 'edit-invalid',
  text: 'A transaction has an id, an author and a number of edits within the limits.',
  editIndex: 0,
} as const;

/** Not remembered, so that a repetition can be done. */
const FULL_REFUSAL = {
  code: 'world-busy',
  text: 'There were too many edits in the last minute.',
  editIndex: 0,
} as const;

/** Whether what is remembered of a transaction, and of its author, has a bounded size; writers see to it. */
function isFormal({ editId, author, edits }: EntityTransaction): boolean {
  if (edits.length < 1 || edits.length > ENTITY_EDITS_MAX) return false;
  return editId.length > 0 && editId.length <= EDIT_ID_CHARACTERS_MAX && author.name.length <= AUTHOR_CHARACTERS_MAX;
}

type EditResult = { id: EntityId; revision: number };
type EditRefusal = Refusal & { editIndex: number };

/** A world must outlive any record: what this code cannot do is void, for every reader alike. */
function tryEdit(store: EntityStore, edit: EntityTransaction['edits'][number], context: EditContext): number | Refusal {
  try {
    return applyEdit(store, edit, context);
  } catch {
    return { code: 'edit-invalid', text: 'The edit cannot be done.' };
  }
}

function repetition(editId: string, { sequence, code, results }: RememberedOutcome): TransactionOutcome {
  if (code === undefined) return { kind: 'repeated', editId, sequence, results };
  return { kind: 'void', editId, code, text: 'It was tried before, and was not possible then.', editIndex: 0 };
}
