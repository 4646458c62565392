import { type Broker, subjectOf, type Subscription } from '@app/broker';
import { checkEdits, type EntityEdit, EntityError, readEditReply, transactionFieldsOf } from '@app/entities';
import { encodeMessage, type vicinity } from '@app/wire';
import { replyOf } from '../edit-reply.js';
import { serveRequests } from '../request-door.js';
import { type CommitOutcome, NEVER_ASKED, refused, type Submission, submissionOf, unavailable } from './commit.js';

/** Answers the requests of other entity-servers that have edits for this shard. */
export function serveCommits(
  broker: Broker,
  world: string,
  shard: number,
  submit: (submission: Submission) => Promise<CommitOutcome>,
): Subscription {
  return serveRequests(broker, 'entityCommit', { world, who: `${shard}` }, async (request) => {
    const submission = readSubmission(request);
    return replyOf(submission instanceof EntityError ? refused(submission) : await submit(submission));
  });
}

/** Nothing is taken on trust, not even from another entity-server. */
function readSubmission(request: vicinity.v1.EntityEditRequest): Submission | EntityError {
  const requested = checkEdits(request.transaction ?? {});
  if (requested instanceof EntityError) return requested;
  const { editId, author, powers, edits } = requested;
  if (edits.some(({ kind }) => kind === 'clone')) {
    return new EntityError('edit-invalid', 'Copies are resolved before they reach the writer.');
  }
  return submissionOf({ editId, author, edits: edits as readonly EntityEdit[] }, powers, NEVER_ASKED);
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
