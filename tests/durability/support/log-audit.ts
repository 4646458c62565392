import {
  applyLogEntry,
  type EntityTransaction,
  EntityWorld,
  recordOfEntry,
  type TransactionOutcome,
  type WorldLogEntry,
} from '@app/entities';
import type { EditNote } from './edit-notes.js';
import { digestOf, hashOf, shardOfSubject, type Sight } from './live-reader.js';

/** Where in the log a transaction stands, and what came of it there. */
interface Place {
  /** Rises with the order in which things take effect. */
  order: number;
  sequence: number;
  outcome: TransactionOutcome;
}

/** Sentences that are kept of one kind of problem: the first ones say enough. */
const PROBLEMS_MAX = 5;

/**
 * Reads a log from its first entry and holds it against what people were told. It knows nothing of how servers work: only
 * the log, and what was promised about it.
 */
export class LogAudit {
  readonly world = new EntityWorld();
  readonly hashes = new Map<number, string>();
  readonly counts = { records: 0, transactions: 0, repeated: 0, void: 0, takeovers: 0, unknownDone: 0 };
  private readonly byEditId = new Map<string, Place[]>();
  private readonly editIdOfToken = new Map<string, string>();
  private readonly epochs = new Map<number, { epoch: number; writer: string }>();
  private readonly found = new Map<string, string[]>();

  /** @param sights  what somebody has read while the log was written */
  constructor(private readonly sights: ReadonlyMap<number, Sight>) {}

  /** What is wrong, as sentences; empty when everything was kept. */
  get problems(): string[] {
    return [...this.found].flatMap(([kind, sentences]) =>
      sentences.length <= PROBLEMS_MAX
        ? sentences
        : [...sentences.slice(0, PROBLEMS_MAX), `... ${sentences.length} times that ${kind}`],
    );
  }

  /** The next entry of the log. */
  read(entry: WorldLogEntry & { subject: string }): void {
    const record = recordOfEntry(entry);
    const outcomes = applyLogEntry(this.world, entry);
    this.counts.records++;
    if (!record) return this.blame('no record', `${entry.sequence} is no record.`);
    this.checkWriter(shardOfSubject(entry.subject), record, entry.sequence);
    record.transactions.forEach((transaction, index) => this.note(transaction, outcomes[index], entry.sequence));
    const hash = hashOf(this.world);
    this.hashes.set(entry.sequence, hash);
    const sight = this.sights.get(entry.sequence);
    if (!sight) this.blame('unseen', `A reader has missed ${entry.sequence}.`);
    else if (sight.digest !== digestOf(entry.data))
      this.blame('rewritten', `${entry.sequence} was another entry once.`);
    else if (sight.hash !== hash) this.blame('other state', `A reader had another state at ${entry.sequence}.`);
  }

  /** Holds what authors were told against the log, which has been read to its end. */
  compare(notes: readonly EditNote[]): void {
    for (const note of notes) this.checkNote(note);
    this.checkOrder(notes);
  }

  /** Holds what an entity-server has said of its world against the log. */
  compareState(who: string, sequence: number, hash: string): void {
    const expected = sequence === 0 ? hashOf(new EntityWorld()) : this.hashes.get(sequence);
    if (expected !== hash) this.blame('other replica', `${who} had another state at ${sequence}.`);
  }

  private note(transaction: EntityTransaction, outcome: TransactionOutcome, sequence: number): void {
    const { editId } = transaction;
    this.counts.transactions++;
    if (outcome.kind === 'repeated') this.counts.repeated++;
    if (outcome.kind === 'void') this.counts.void++;
    const places = this.byEditId.get(editId) ?? [];
    places.push({ order: this.counts.transactions, sequence, outcome });
    this.byEditId.set(editId, places);
    const [first] = transaction.edits;
    const token = 'properties' in first ? first.properties.userData : undefined;
    if (typeof token === 'string') this.editIdOfToken.set(token, editId);
  }

  /** One writer for each epoch, and never an older one after a younger. */
  private checkWriter(shard: number, { epoch, writer }: { epoch: number; writer: string }, sequence: number): void {
    const newest = this.epochs.get(shard);
    if (newest && epoch < newest.epoch) this.blame('zombie', `${writer} wrote ${sequence} with a lease that was over.`);
    if (newest?.epoch === epoch && newest.writer !== writer) {
      this.blame('two writers', `${writer} and ${newest.writer} both wrote in epoch ${epoch}, at ${sequence}.`);
    }
    if (newest && epoch > newest.epoch) this.counts.takeovers++;
    this.epochs.set(shard, { epoch, writer });
  }

  private placesOf({ editId, token }: EditNote): Place[] {
    return this.byEditId.get(editId ?? this.editIdOfToken.get(token) ?? '') ?? [];
  }

  private checkNote(note: EditNote): void {
    const { token, outcome } = note;
    const places = this.placesOf(note);
    const done = places.filter((place) => place.outcome.kind === 'done');
    if (done.length > 1) this.blame('done twice', `${token} was done ${done.length} times.`);
    if (outcome.kind === 'unknown') this.counts.unknownDone += done.length;
    if (outcome.kind === 'refused' && done.length > 0) {
      this.blame('refused but done', `${token} was refused with ${outcome.code}, and done at ${done[0].sequence}.`);
    }
    if (outcome.kind !== 'acked') return;
    if (done.length === 0)
      return this.blame('lost', `${token} was acknowledged at ${outcome.sequence} and is not there.`);
    if (places.length > 1) this.blame('logged twice', `${token} is in the log ${places.length} times.`);
    const [{ sequence, outcome: inLog }] = done;
    if (sequence !== outcome.sequence) {
      this.blame('elsewhere', `${token} was acknowledged at ${outcome.sequence} and is at ${sequence}.`);
    }
    if (inLog.kind === 'done' && JSON.stringify(inLog.results) !== JSON.stringify(outcome.results)) {
      this.blame('other result', `${token} was told other revisions than the log has.`);
    }
  }

  /** Whatever was asked for after something else was acknowledged comes after it. */
  private checkOrder(notes: readonly EditNote[]): void {
    const acked = notes
      .filter(({ outcome }) => outcome.kind === 'acked')
      .flatMap((note) => this.placesOf(note).map(({ order }) => ({ note, order })))
      .sort((a, b) => b.order - a.order);
    let earliest: EditNote | undefined;
    for (const { note } of acked) {
      if (earliest && earliest.endedMs < note.beganMs) {
        this.blame(
          'order',
          `${note.token} came before ${earliest.token}, which was acknowledged before it was asked for.`,
        );
      }
      if (!earliest || note.endedMs < earliest.endedMs) earliest = note;
    }
  }

  private blame(kind: string, sentence: string): void {
    const sentences = this.found.get(kind) ?? [];
    sentences.push(sentence);
    this.found.set(kind, sentences);
  }
}
