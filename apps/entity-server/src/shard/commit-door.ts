import { type Broker, subjectOf, type Subscription } from '@app/broker';
import {
  checkEdits,
  type EntityEdit,
  EntityError,
  readEditReply,
  type RequestedTransaction,
  transactionFieldsOf,
} from '@app/entities';
import { decodeMessage, encodeMessage, WireError } from '@app/wire';
import { replyOf } from '../edit-reply.js';
import { type CommitOutcome, NEVER_ASKED, refused, type Submission, submissionOf, unavailable } from './commit.js';

/** Answers the requests of other entity-servers that have edits for this shard. */
export function serveCommits(
  broker: Broker,
  world: string,
  shard: number,
  submit: (submission: Submission) => Promise<CommitOutcome>,
): Subscription {
  return broker.subscribe(subjectOf('entityCommit', { world, who: `${shard}` }), async ({ data, reply }) => {
    const submission = readSubmission(data);
    const outcome = submission instanceof EntityError ? refused(submission) : await submit(submission);
    if (reply) broker.publish(reply, encodeMessage('EntityEditReply', replyOf(outcome)));
  });
}

/** Nothing is taken on trust, not even from another entity-server. */
function readSubmission(data: Uint8Array): Submission | EntityError {
  const requested = readRequest(data);
  if (requested instanceof EntityError) return requested;
  const { editId, author, powers, edits } = requested;
  if (edits.some(({ kind }) => kind === 'clone')) {
    return new EntityError('edit-invalid', 'Copies are resolved before they reach the writer.');
  }
  return submissionOf({ editId, author, edits: edits as readonly EntityEdit[] }, powers, NEVER_ASKED);
}

function readRequest(data: Uint8Array): RequestedTransaction | EntityError {
  try {
    return checkEdits(decodeMessage('EntityEditRequest', data).transaction ?? {});
  } catch (cause) {
    if (cause instanceof WireError) return new EntityError('edit-invalid', cause.message, { cause });
    throw cause;
  }
}

/** Hands a submission to whoever writes a shard. Resolves with what the log has decided; never fails. */
export async function requestCommit(
  broker: Broker,
  world: string,
  shard: number,
  { transaction, powers }: Submission,
  timeoutMs: number,
): Promise<CommitOutcome> {
  try {
    const request = encodeMessage('EntityEditRequest', { transaction: transactionFieldsOf(transaction, powers) });
    const subject = subjectOf('entityCommit', { world, who: `${shard}` });
    return readEditReply(await broker.request(subject, request, { timeoutMs }));
  } catch (error) {
    return unavailable(error);
  }
}
