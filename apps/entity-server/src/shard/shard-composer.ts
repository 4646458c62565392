import { encodeRecord, type EntityTransaction, type EntityWorld, type TransactionOutcome } from '@app/entities';
import type { Clock } from '@app/clock';
import type { Composer, Composition } from '@app/journal';
import { ENTITY_RECORD_BYTES_MAX, type InstanceId } from '@app/world';
import { outcomeOf } from '../edit-reply.js';
import type { CommitOutcome, Submission } from './commit.js';

/** Bytes of a record besides its transactions: epoch, writer, time. */
const RECORD_FRAME_BYTES_MAX = 128;
/** Bytes of a transaction's frame inside a record. */
const TRANSACTION_FRAME_BYTES_MAX = 6;
/** Transactions of one record: a group that is checked and applied in one go, between ticks. */
export const GROUP_COUNT_MAX = 512;

/**
 * Puts what waits into one record. Everything is tried on a draft of the world first, with the code that will decide when
 * the record is read, so that hardly anything in the log is void.
 */
export class ShardComposer implements Composer<Submission, CommitOutcome> {
  constructor(
    private readonly world: EntityWorld,
    private readonly writer: InstanceId,
    private readonly clock: Clock,
    private readonly onGroup: (count: number) => void = () => undefined,
  ) {}

  /** An empty record: from its place on, appends that expect an older one are refused. */
  composeFence(epoch: number): Uint8Array {
    return encodeRecord({ epoch, writer: this.writer, writtenAtMs: this.nowMs(), transactions: [] });
  }

  /** What fits into one record; refusals and repetitions are answered without the log. */
  compose(waiting: readonly Submission[], epoch: number): Composition<CommitOutcome> {
    const group = waiting.slice(0, this.countFitting(waiting)).map(({ transaction }) => transaction);
    const writtenAtMs = this.nowMs();
    const draft = this.world.check(group, writtenAtMs);
    const transactions = group.filter((_, index) => isForTheLog(draft, index));
    if (transactions.length === group.length) return this.record(epoch, writtenAtMs, transactions, group.length);
    const decided = draft.map((outcome) => (outcome.kind === 'done' ? undefined : outcomeOf(outcome, 0)));
    if (transactions.length === 0) return { taken: group.length, decided };
    return { ...this.record(epoch, writtenAtMs, transactions, group.length), decided };
  }

  private record(
    epoch: number,
    writtenAtMs: number,
    transactions: readonly EntityTransaction[],
    taken: number,
  ): Composition<CommitOutcome> {
    this.onGroup(transactions.length);
    return { taken, record: encodeRecord({ epoch, writer: this.writer, writtenAtMs, transactions }) };
  }

  /** At least one: no transaction is larger than a record may be. */
  private countFitting(waiting: readonly Submission[]): number {
    let bytes = RECORD_FRAME_BYTES_MAX;
    let count = 0;
    for (; count < waiting.length && count < GROUP_COUNT_MAX; count++) {
      bytes += waiting[count].sizeBytes + TRANSACTION_FRAME_BYTES_MAX;
      if (bytes > ENTITY_RECORD_BYTES_MAX && count > 0) break;
    }
    return count;
  }

  /** Never before a record that has been read: clocks of machines differ, and entities do not move backwards. */
  private nowMs(): number {
    return Math.max(this.clock.wallMs(), this.world.lastWrittenAtMs);
  }
}

function isForTheLog(draft: readonly TransactionOutcome[], index: number): boolean {
  return draft[index].kind === 'done';
}
