import { type Broker, BrokerError, subjectOf } from '@app/broker';
import { type Clock, pause } from '@app/clock';
import { type EntityEdit, EntityError, readEditReply, transactionFieldsOf } from '@app/entities';
import { encodeMessage, vicinity } from '@app/wire';
import type { EntityId } from '@app/world';

/** What has become of a transaction. */
export interface SentTransaction {
  /** Place of its record in the log. */
  readonly sequence: number;
  /** For each edit the entity and its revision afterwards, 0 when it is gone. */
  readonly results: ReadonlyArray<{ readonly id: EntityId; readonly revision: number }>;
}

/** Who edits, and how. */
export interface EditSenderOptions {
  readonly world: string;
  /** Begins the ids of all edits; unique, at most 40 printable characters. */
  readonly runId: string;
  /** How long a transaction is tried, in ms. Default 60,000. */
  readonly patienceMs?: number;
}

/** The author in the log of everything that an operator's tool does. */
export const OPERATOR = { sessionId: 0, name: 'operator' } as const;

const PATIENCE_MS = 60_000;
/** A little longer than an entity-server tries by itself, in ms. */
const ANSWER_MS = 12_000;
const PAUSE_MS = 250;
/** How long a world may be unknown to an entity-server because it was made a moment ago, in ms. */
const NEW_WORLD_MS = 10_000;

/**
 * Sends edits as an operator, one transaction after the other. What fails for a while is tried again with the same edit
 * id, so that nothing is done twice.
 */
export class EditSender {
  private count = 0;

  constructor(
    private readonly broker: Broker,
    private readonly clock: Clock,
    private readonly options: EditSenderOptions,
  ) {}

  /**
   * Resolves when the log has the edits; all of them or none. Fails with an EntityError: the world's refusal, or
   * `world-unavailable` after some patience.
   */
  async send(edits: readonly EntityEdit[]): Promise<SentTransaction> {
    const editId = `${this.options.runId}-${++this.count}`;
    const transaction = { editId, author: OPERATOR, edits };
    const fields = transactionFieldsOf(transaction, vicinity.v1.EntityPower.ENTITY_POWER_OPERATE);
    const request = encodeMessage('EntityEditRequest', { transaction: fields });
    const startMs = this.clock.nowMs();
    for (;;) {
      const answer = await this.attempt(request);
      if (!(answer instanceof EntityError)) return answer;
      const waitedMs = this.clock.nowMs() - startMs;
      const isPassing = answer.retryable || (answer.code === 'world-unknown' && waitedMs < NEW_WORLD_MS);
      if (!isPassing || waitedMs > (this.options.patienceMs ?? PATIENCE_MS)) throw answer;
      await pause(this.clock, PAUSE_MS);
    }
  }

  private async attempt(request: Uint8Array): Promise<SentTransaction | EntityError> {
    const subject = subjectOf('entityEdit', { world: this.options.world, who: 'any' });
    try {
      const answer = readEditReply(await this.broker.request(subject, request, { timeoutMs: ANSWER_MS }));
      if (answer.kind === 'refused') return answer.error;
      return { sequence: answer.sequence, results: answer.results };
    } catch (cause) {
      if (!(cause instanceof BrokerError) || !cause.retryable) throw cause;
      return new EntityError('world-unavailable', 'No entity-server answers; is one running?', { cause });
    }
  }
}
