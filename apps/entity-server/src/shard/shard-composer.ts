import {
  bytesInRecord,
  encodeRecordOf,
  type EntityWorld,
  type ProposedRecord,
  type TransactionOutcome,
} from '@app/entities';
import type { Clock } from '@app/clock';
import type { Composer, Composition } from '@app/journal';
import { ENTITY_RECORD_BYTES_MAX, type InstanceId } from '@app/world';
import { outcomeOf } from '../edit-reply.js';
import type { EditRule } from '../rules/edit-rule.js';
import type { CommitOutcome, Submission } from './commit.js';
import { findLateRefusal } from './late-refusal.js';

/** Bytes of a record besides its transactions: epoch, writer, time. */
const RECORD_FRAME_BYTES_MAX = 128;
/** Transactions of one record: a group that is checked and applied in one go, between ticks. */
export const GROUP_COUNT_MAX = 512;
/** Edits of one record, unless one transaction has more: some 10 ms at most in which nothing else is done. */
export const GROUP_EDITS_MAX = 2_000;

/** Refusals that may only mean that this process has not read yet what another shard's writer has written. */
const REFUSALS_OF_THE_LATE = new Set([
  'entity-unknown',
  'entity-parent-unknown',
  'entity-exists',
  'entity-revision-stale',
]);

/**
 * Puts what waits into one record. Everything is tried on a draft of the world first, with the code that will decide when
 * the record is read, so that hardly anything in the log is void. Rules are asked again about what has changed since the
 * front has asked them, so what this record and those before it have locked stays as it is.
 */
export class ShardComposer implements Composer<Submission, CommitOutcome> {
  /**
   * @param isOnlyShard  nobody else writes the world, so a refusal by the draft is what the log would say
   * @param rules        what authors must comply with; nobody else asks behind the front
   * @param onGroup      called with the number of transactions of each record
   * @param onProposed   called with each record that has exactly the transactions that were tried
   */
  constructor(
    private readonly world: EntityWorld,
    private readonly writer: InstanceId,
    private readonly clock: Clock,
    private readonly isOnlyShard: boolean,
    private readonly rules: readonly EditRule[],
    private readonly onGroup: (count: number) => void = () => undefined,
    private readonly onProposed: (record: ProposedRecord) => void = () => undefined,
  ) {}

  /** An empty record: from its place on, appends that expect an older one are refused. */
  composeFence(epoch: number): Uint8Array {
    return encodeRecordOf({ epoch, writer: this.writer, writtenAtMs: this.nowMs() }, []);
  }

  /** What fits into one record; refusals and repetitions are answered without the log. */
  compose(waiting: readonly Submission[], epoch: number): Composition<CommitOutcome> {
    const group = waiting.slice(0, this.countFitting(waiting));
    const writtenAtMs = this.nowMs();
    const draft = this.world.draft(
      group.map(({ transaction }) => transaction),
      writtenAtMs,
      (index) => findLateRefusal(this.rules, group[index], this.world),
    );
    const forTheLog = group.filter((_, index) => this.isForTheLog(draft.outcomes[index]));
    const isWhole = forTheLog.length === group.length;
    const decided = isWhole
      ? undefined
      : draft.outcomes.map((outcome) => (this.isForTheLog(outcome) ? undefined : outcomeOf(outcome, 0)));
    if (forTheLog.length === 0) return { taken: group.length, decided };
    this.onGroup(forTheLog.length);
    const encoded = forTheLog.map((submission) => submission.encoded);
    const record = encodeRecordOf({ epoch, writer: this.writer, writtenAtMs }, encoded);
    if (isWhole) this.onProposed({ data: record, draft });
    return { taken: group.length, decided, record };
  }

  /**
   * At least one: no transaction is larger than a record may be. A repetition waits for the next record, because until then
   * nobody knows where in the log the first one is.
   */
  private countFitting(waiting: readonly Submission[]): number {
    const editIds = new Set<string>();
    let bytes = RECORD_FRAME_BYTES_MAX;
    let edits = 0;
    for (const { transaction, encoded } of waiting) {
      bytes += bytesInRecord(encoded.length);
      edits += transaction.edits.length;
      const isFull = bytes > ENTITY_RECORD_BYTES_MAX || edits > GROUP_EDITS_MAX || editIds.size >= GROUP_COUNT_MAX;
      if (editIds.size > 0 && (isFull || editIds.has(transaction.editId))) break;
      editIds.add(transaction.editId);
    }
    return editIds.size;
  }

  private isForTheLog(outcome: TransactionOutcome): boolean {
    if (outcome.kind === 'void') return !this.isOnlyShard && REFUSALS_OF_THE_LATE.has(outcome.code);
    return outcome.kind === 'done';
  }

  /** Never before a record that has been read: clocks of machines differ, and entities do not move backwards. */
  private nowMs(): number {
    return Math.max(this.clock.wallMs(), this.world.lastWrittenAtMs);
  }
}
