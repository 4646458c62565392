import {
  applyLogEntry,
  type EntityAuthor,
  type EntityTransaction,
  openWorldAt,
  readLog,
  recordOfEntry,
  type TransactionOutcome,
  type WorldJournal,
} from '@app/entities';

/** The clocks of writers and broker differ by less than this, in ms. */
export const CLOCKS_DIFFER_MS_MAX = 60_000;

/** One transaction of a world's log, and what has become of it. */
export interface HistoryStep {
  /** Place of its record in the log. */
  readonly sequence: number;
  /** Ms since 1970-01-01 UTC. */
  readonly writtenAtMs: number;
  /** The instance that has written the record. */
  readonly writer: string;
  readonly transaction: EntityTransaction;
  readonly outcome: TransactionOutcome;
}

/** The transactions of a part of the log, in order, with what was before and after. Fails with `history-gone`. */
export async function* readHistory(
  journal: WorldJournal,
  fromSequence: number,
  toSequence: number,
): AsyncGenerator<HistoryStep> {
  const world = await openWorldAt(journal, { sequence: Math.max(0, fromSequence - 1) });
  for await (const entry of readLog(journal, world.lastSequence + 1, toSequence)) {
    const record = recordOfEntry(entry);
    const outcomes = applyLogEntry(world, entry);
    if (!record || entry.sequence < fromSequence) continue;
    const { writtenAtMs, writer, transactions } = record;
    for (const [i, transaction] of transactions.entries()) {
      yield { sequence: entry.sequence, writtenAtMs, writer, transaction, outcome: outcomes[i] };
    }
  }
}

/** Everybody who has edited a world in a time, one after the other, as often as they have. Fails with `history-gone`. */
export async function* readAuthors(
  journal: WorldJournal,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): AsyncGenerator<EntityAuthor> {
  const before = await journal.stream.sequenceAt(fromMs - CLOCKS_DIFFER_MS_MAX);
  const { lastSequence } = await journal.stream.state();
  const first = Math.max(before + 1, await firstReadable(journal));
  for await (const { writtenAtMs, transaction } of readHistory(journal, first, lastSequence)) {
    if (writtenAtMs >= fromMs && writtenAtMs <= toMs) yield transaction.author;
  }
}

/** Where readable history begins: the first message of the log, if nothing before it is missing or a snapshot has it. */
export async function firstReadable({ stream, snapshots }: WorldJournal): Promise<number> {
  const { firstSequence } = await stream.state();
  if (firstSequence <= 1) return 1;
  const oldest = (await snapshots.list()).find(({ sequence }) => sequence >= firstSequence - 1);
  return oldest ? oldest.sequence + 1 : firstSequence;
}
