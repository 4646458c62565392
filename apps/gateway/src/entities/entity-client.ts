import { type Broker, BrokerError, rendezvousPick, subjectOf } from '@app/broker';
import { type Clock, pause } from '@app/clock';
import type { MemberDirectory } from '@app/runtime';
import { type vicinity, WireError, decodeMessage } from '@app/wire';
import type { InstanceId } from '@app/world';

/** How a transaction ended: the log has it, or nothing was changed. */
export type EditOutcome =
  | { sequence: number; results: vicinity.v1.EntityRevision.$Properties[] }
  | { code: string; text: string; field: string; editIndex: number };

/** How long a transaction is tried, in ms; entity-servers find a new writer well within it. */
export const EDIT_TIMEOUT_MS = 10_000;
/** How long one attempt may take, in ms: longer than a change of writers, because asking elsewhere finds the same one. */
const ATTEMPT_TIMEOUT_MS = 4_000;
const RETRY_DELAY_MS = 100;
/** A server that did not answer is asked for this long only when there is no other, in ms. */
const SUSPICION_MS = 5_000;
/** What may pass, so that the same transaction is asked for again. */
const PASSING: ReadonlySet<string> = new Set(['world-unavailable', 'world-busy']);

/** Asks entity-servers for edits. Any of them will do; they find the writer. */
export class EntityClient {
  /** Until when servers are avoided that did not answer. At most as many as there are members. */
  private readonly suspects = new Map<InstanceId, number>();

  constructor(
    private readonly broker: Broker,
    private readonly members: MemberDirectory,
    private readonly clock: Clock,
  ) {}

  /**
   * Has a transaction done once, however often it has to ask: an attempt whose answer was lost is repeated under the same
   * id.
   *
   * @param bytes      an encoded EntityEditRequest
   * @param preferred  the entity-server that serves the author, if there is one
   */
  async edit(
    world: string,
    editId: string,
    bytes: Uint8Array,
    preferred: () => InstanceId | undefined,
  ): Promise<EditOutcome> {
    const deadlineMs = this.clock.nowMs() + EDIT_TIMEOUT_MS;
    for (;;) {
      const server = this.chooseServer(editId, preferred());
      const leftMs = deadlineMs - this.clock.nowMs();
      const timeoutMs = Math.min(ATTEMPT_TIMEOUT_MS, leftMs);
      const outcome = server === undefined ? undefined : await this.attempt(world, server, bytes, timeoutMs);
      if (outcome && !('code' in outcome && PASSING.has(outcome.code))) return outcome;
      if (server !== undefined && !outcome) this.suspects.set(server, this.clock.nowMs() + SUSPICION_MS);
      if (this.clock.nowMs() + RETRY_DELAY_MS >= deadlineMs) return outcome ?? UNAVAILABLE;
      await pause(this.clock, RETRY_DELAY_MS);
    }
  }

  private chooseServer(editId: string, preferred: InstanceId | undefined): InstanceId | undefined {
    const nowMs = this.clock.nowMs();
    for (const [instanceId, untilMs] of this.suspects) if (nowMs >= untilMs) this.suspects.delete(instanceId);
    const live = this.members.live('entity-server').map(({ instanceId }) => instanceId);
    const trusted = live.filter((instanceId) => !this.suspects.has(instanceId));
    if (preferred !== undefined && trusted.includes(preferred)) return preferred;
    return rendezvousPick(editId, trusted.length > 0 ? trusted : live);
  }

  /** Undefined when there was no answer that says anything. */
  private async attempt(
    world: string,
    server: InstanceId,
    bytes: Uint8Array,
    timeoutMs: number,
  ): Promise<EditOutcome | undefined> {
    try {
      const subject = subjectOf('entityEdit', { world, who: server });
      const answer = await this.broker.request(subject, bytes, { timeoutMs: Math.max(1, timeoutMs) });
      return readReply(Uint8Array.from(answer));
    } catch (error) {
      if (error instanceof WireError || error instanceof BrokerError) return undefined;
      throw error;
    }
  }
}

const UNAVAILABLE: EditOutcome = {
  code: 'world-unavailable',
  text: 'The world does not take edits at the moment.',
  field: '',
  editIndex: 0,
};

function readReply(answer: Uint8Array): EditOutcome {
  const { errorCode, errorText, errorField, errorIndex, sequence, results } = decodeMessage('EntityEditReply', answer);
  if (errorCode) return { code: errorCode, text: errorText, field: errorField, editIndex: errorIndex };
  return { sequence, results };
}
